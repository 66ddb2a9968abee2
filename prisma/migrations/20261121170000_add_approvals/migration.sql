-- What an admin has to agree to before a person may: a client that introduced itself, or certain scopes.
CREATE TYPE "ApprovalState" AS ENUM ('pending', 'approved', 'refused');

ALTER TABLE "instance" ADD COLUMN     "approve_admin_scopes" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "approve_clients" BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE "scope" ADD COLUMN     "needs_approval" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "approval" (
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "server_id" TEXT NOT NULL,
    "scopes" TEXT[],
    "client" BOOLEAN NOT NULL DEFAULT false,
    "reason" TEXT NOT NULL,
    "state" "ApprovalState" NOT NULL DEFAULT 'pending',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decided_at" TIMESTAMPTZ(6),
    "decided_by" TEXT,
    "note" TEXT,
    "expires_at" TIMESTAMPTZ(6),

    CONSTRAINT "approval_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "approval_agent_id_person_id_server_id_idx" ON "approval"("agent_id", "person_id", "server_id");
CREATE INDEX "approval_state_created_at_idx" ON "approval"("state", "created_at");
ALTER TABLE "approval" ADD CONSTRAINT "approval_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "approval" ADD CONSTRAINT "approval_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "approval" ADD CONSTRAINT "approval_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "mcp_server"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma cannot say ----------------------------------------------------------------------------------------------
ALTER TABLE "approval"
  ADD CONSTRAINT "approval_decided_once" CHECK (("state" = 'pending') = ("decided_at" IS NULL) AND ("decided_at" IS NULL) = ("decided_by" IS NULL)),
  ADD CONSTRAINT "approval_for_something" CHECK ("client" OR cardinality("scopes") > 0),
  ADD CONSTRAINT "approval_reason_length" CHECK (length("reason") BETWEEN 1 AND 500),
  ADD CONSTRAINT "approval_ends_later" CHECK ("expires_at" IS NULL OR "expires_at" > "created_at");
-- One open question of a person about an agent on a server.
CREATE UNIQUE INDEX "approval_one_pending" ON "approval" ("agent_id", "person_id", "server_id") WHERE "state" = 'pending';

CREATE FUNCTION "approval_refuse_rewriting"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW."id", NEW."agent_id", NEW."person_id", NEW."server_id", NEW."scopes", NEW."client", NEW."reason", NEW."created_at")
       IS DISTINCT FROM (OLD."id", OLD."agent_id", OLD."person_id", OLD."server_id", OLD."scopes", OLD."client", OLD."reason", OLD."created_at")
     OR OLD."state" = 'refused' OR (OLD."state" = 'approved' AND NEW."state" <> 'approved') THEN
    RAISE EXCEPTION 'an approval keeps what was asked and decided' USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_fixed', TABLE = 'approval';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "approval_refuse_rewriting" BEFORE UPDATE ON "approval" FOR EACH ROW EXECUTE FUNCTION "approval_refuse_rewriting"();

-- Validators cache what follows from these (docs/revocation.md).
CREATE CONSTRAINT TRIGGER "approval_note_change" AFTER UPDATE OF "state", "expires_at" OR DELETE ON "approval"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_change"('agent', 'agent_id');
CREATE FUNCTION "note_policy_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('gatehouse.noted', true) = 'on' THEN RETURN NULL; END IF;
  WITH head AS (UPDATE "change_head" SET "seq" = "seq" + 1 WHERE "id" = 1 RETURNING "seq")
  INSERT INTO "change" ("seq", "subject_kind", "subject_id") SELECT "seq", 'all', 'all' FROM head;
  PERFORM pg_notify('gatehouse_change', '');
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "instance_note_change" AFTER UPDATE OF "approve_clients", "approve_admin_scopes" ON "instance"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN ((OLD."approve_clients", OLD."approve_admin_scopes") IS DISTINCT FROM (NEW."approve_clients", NEW."approve_admin_scopes"))
  EXECUTE FUNCTION "note_policy_change"();
