-- Revocation that is finished when it says so (docs/revocation.md): a change that narrows stands here as `pending` before
-- it is made, and every process that caches holds a lease that says up to which change it has dropped what it kept.
CREATE TYPE "ChangeState" AS ENUM ('pending', 'final');
ALTER TABLE "change" ADD COLUMN "state" "ChangeState" NOT NULL DEFAULT 'final', ADD COLUMN "narrows" BOOLEAN NOT NULL DEFAULT false,
  ADD CONSTRAINT "change_pending_narrows" CHECK ("narrows" OR "state" = 'final');
DROP INDEX "change_subject_kind_subject_id_idx";
-- What every look-up asks: is there anything pending about this? There are hardly ever more than a few.
CREATE INDEX "change_pending" ON "change" ("subject_kind", "subject_id") WHERE "state" = 'pending';

CREATE TABLE "lease" (
    "instance" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "cursor" BIGINT NOT NULL,

    CONSTRAINT "lease_pkey" PRIMARY KEY ("instance")
);

-- What is final stays final, and a number belongs to one change for ever.
CREATE FUNCTION "change_only_becomes_final"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW."seq", NEW."subject_kind", NEW."subject_id") IS DISTINCT FROM (OLD."seq", OLD."subject_kind", OLD."subject_id")
     OR (OLD."state" = 'final' AND NEW."state" = 'pending') THEN
    RAISE EXCEPTION 'a change only becomes final' USING ERRCODE = 'check_violation', CONSTRAINT = 'change_only_becomes_final', TABLE = 'change';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "change_only_becomes_final" BEFORE UPDATE ON "change" FOR EACH ROW EXECUTE FUNCTION "change_only_becomes_final"();

-- Whatever changes a fact that validators cache is noted, if not by the verb that narrows it then here: what gives or
-- renames, and what is changed by hand. Processes drop it as soon as they hear of it; nobody waits for them.
CREATE FUNCTION "note_change"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  subject_id text := to_jsonb(coalesce(NEW, OLD)) ->> TG_ARGV[1];
  noted text := current_setting('gatehouse.noted', true);
BEGIN
  IF noted = 'on' OR noted = TG_ARGV[0] || ':' || subject_id THEN RETURN NULL; END IF;
  WITH head AS (UPDATE "change_head" SET "seq" = "seq" + 1 WHERE "id" = 1 RETURNING "seq")
  INSERT INTO "change" ("seq", "subject_kind", "subject_id") SELECT "seq", TG_ARGV[0], subject_id FROM head;
  PERFORM pg_notify('gatehouse_change', '');
  PERFORM set_config('gatehouse.noted', TG_ARGV[0] || ':' || subject_id, true);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "mcp_server_note_change" AFTER UPDATE OF "name", "slug", "resource", "status" OR DELETE ON "mcp_server"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_change"('server', 'id');
CREATE CONSTRAINT TRIGGER "scope_note_change" AFTER INSERT OR UPDATE OR DELETE ON "scope"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_change"('server', 'server_id');
CREATE CONSTRAINT TRIGGER "tool_note_change" AFTER INSERT OR UPDATE OF "name" OR DELETE ON "tool"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_change"('server', 'server_id');
CREATE CONSTRAINT TRIGGER "tool_scope_note_change" AFTER INSERT OR UPDATE OR DELETE ON "tool_scope"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_change"('server', 'server_id');
CREATE CONSTRAINT TRIGGER "server_key_note_change" AFTER UPDATE OF "revoked_at", "retires_at", "expires_at" OR DELETE ON "server_key"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_change"('key', 'id');
CREATE CONSTRAINT TRIGGER "role_note_change" AFTER UPDATE OF "name", "archived_at" OR DELETE ON "role"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_change"('role', 'id');
CREATE CONSTRAINT TRIGGER "role_scope_note_change" AFTER INSERT OR UPDATE OR DELETE ON "role_scope"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_change"('role', 'role_id');
CREATE CONSTRAINT TRIGGER "person_note_change" AFTER UPDATE OF "name", "email", "status" OR DELETE ON "person"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_change"('person', 'id');
CREATE CONSTRAINT TRIGGER "person_role_note_change" AFTER INSERT OR UPDATE OR DELETE ON "person_role"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_change"('person', 'person_id');
CREATE CONSTRAINT TRIGGER "agent_note_change" AFTER UPDATE OF "name", "status" OR DELETE ON "agent"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_change"('agent', 'id');
CREATE CONSTRAINT TRIGGER "agent_role_note_change" AFTER INSERT OR UPDATE OR DELETE ON "agent_role"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_change"('agent', 'agent_id');
CREATE CONSTRAINT TRIGGER "token_note_change" AFTER UPDATE OF "name", "revoked_at", "retires_at", "allowed_cidrs", "rate_limit", "rate_window_seconds" OR DELETE ON "token"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_change"('token', 'id');
CREATE CONSTRAINT TRIGGER "token_server_note_change" AFTER DELETE ON "token_server"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_change"('token', 'token_id');
CREATE CONSTRAINT TRIGGER "token_scope_note_change" AFTER DELETE ON "token_scope"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_change"('token', 'token_id');
