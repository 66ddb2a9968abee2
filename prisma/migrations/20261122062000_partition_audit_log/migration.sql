-- The log becomes a table of partitions by the moment of recording (decision 023). What is there already is not rewritten: the
-- table as it was becomes the first partition.

-- Moments of recording never run backwards along the index, whatever the clock does: so partitions are ordered by index too.
ALTER TABLE "audit_head" ADD COLUMN "recorded_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp();
CREATE OR REPLACE FUNCTION "head_only_grows"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."next" < OLD."next" OR NEW."recorded_at" < OLD."recorded_at" THEN
    RAISE EXCEPTION 'the audit head only grows' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

-- What is known of each partition. `from_at` is null for the first, which has no beginning; indices are known once it is closed.
CREATE TABLE "audit_partition" (
  "name" TEXT NOT NULL,
  "from_at" TIMESTAMPTZ(6),
  "to_at" TIMESTAMPTZ(6) NOT NULL,
  "state" TEXT NOT NULL DEFAULT 'hot',
  "first_idx" BIGINT,
  "last_idx" BIGINT,
  "closed_at" TIMESTAMPTZ(6),
  "indexed_at" TIMESTAMPTZ(6),
  "text_indexed" BOOLEAN NOT NULL DEFAULT false,
  "held_at" TIMESTAMPTZ(6),
  "held_by" TEXT,
  "hold_reason" TEXT,
  "archive_file" TEXT,
  "archive_sha256" TEXT,
  "archived_at" TIMESTAMPTZ(6),
  CONSTRAINT "audit_partition_pkey" PRIMARY KEY ("name"),
  CONSTRAINT "audit_partition_state" CHECK ("state" IN ('hot', 'closed', 'detached')),
  CONSTRAINT "audit_partition_range" CHECK ("from_at" < "to_at"),
  CONSTRAINT "audit_partition_indices" CHECK (("first_idx" IS NULL) = ("last_idx" IS NULL) AND "first_idx" <= "last_idx"),
  CONSTRAINT "audit_partition_hold" CHECK (("held_at" IS NULL) = ("hold_reason" IS NULL)),
  CONSTRAINT "audit_partition_detached" CHECK ("state" <> 'detached' OR ("held_at" IS NULL AND "archive_sha256" IS NOT NULL))
);

ALTER TABLE "audit_entry" RENAME TO "audit_entry_first";
DROP TRIGGER "audit_entry_append_only" ON "audit_entry_first";
DROP TRIGGER "audit_entry_no_truncate" ON "audit_entry_first";
ALTER TABLE "audit_entry_first" DROP CONSTRAINT "audit_entry_pkey";
ALTER INDEX "audit_entry_id_key" RENAME TO "audit_entry_first_id";
ALTER INDEX "audit_entry_occurred_at_outcome_idx" RENAME TO "audit_entry_first_occurred";
ALTER INDEX "audit_entry_request_id_idx" RENAME TO "audit_entry_first_request";
ALTER INDEX "audit_entry_refs_idx" RENAME TO "audit_entry_first_refs";
ALTER INDEX "audit_entry_action_idx" RENAME TO "audit_entry_first_action";
ALTER INDEX "audit_entry_outcome_idx" RENAME TO "audit_entry_first_outcome";
ALTER INDEX "audit_entry_actor_id_idx" RENAME TO "audit_entry_first_actor";
ALTER INDEX "audit_entry_reason_idx" RENAME TO "audit_entry_first_reason";
ALTER INDEX "audit_entry_ip_idx" RENAME TO "audit_entry_first_ip";

CREATE TABLE "audit_entry" (
  LIKE "audit_entry_first" INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
  CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("idx", "recorded_at")
) PARTITION BY RANGE ("recorded_at");
CREATE TRIGGER "audit_entry_append_only" BEFORE UPDATE OR DELETE ON "audit_entry" FOR EACH ROW EXECUTE FUNCTION "refuse_rewriting"();
CREATE TRIGGER "audit_entry_no_truncate" BEFORE TRUNCATE ON "audit_entry" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewriting"();

-- The table of a partition with its own, cheap indexes: those of one that is closed are others, so they are not the parent's.
CREATE FUNCTION "audit_make_table"(made text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TABLE %I (LIKE "audit_entry" INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING COMPRESSION)', made);
  EXECUTE format('CREATE UNIQUE INDEX %I ON %I ("id")', made || '_id', made);
  EXECUTE format('CREATE INDEX %I ON %I ("occurred_at", "outcome")', made || '_occurred', made);
  EXECUTE format('CREATE INDEX %I ON %I ("request_id")', made || '_request', made);
  -- `lib/audit/refs.ts` has the same expression.
  EXECUTE format('CREATE INDEX %I ON %I USING gin ((ARRAY["actor_id", "person_id", "agent_id", "server_id", "token_id", "target_id",
    ''tool:'' || "tool"] || "server_ids")) WITH (fastupdate = on, gin_pending_list_limit = 1024)', made || '_refs', made);
  EXECUTE format('CREATE INDEX %I ON %I ("action", "idx") WHERE "action" <> ''token.validate''', made || '_action', made);
  EXECUTE format('CREATE INDEX %I ON %I ("outcome", "idx") WHERE "outcome" <> ''allow''', made || '_outcome', made);
  EXECUTE format('CREATE INDEX %I ON %I ("actor_id", "idx") WHERE "actor_id" IS DISTINCT FROM "server_id"', made || '_actor', made);
  EXECUTE format('CREATE INDEX %I ON %I ("reason", "idx") WHERE "reason" <> ''ok''', made || '_reason', made);
  EXECUTE format('CREATE INDEX %I ON %I ("ip" text_pattern_ops, "idx") WHERE "ip" IS NOT NULL', made || '_ip', made);
  EXECUTE format('CREATE TRIGGER "audit_entry_no_truncate" BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewriting"()', made);
END $$;

-- A partition for [made_from, made_to), and its row in the catalogue. Attached, not made in place: that lets the log be written
-- meanwhile. Does nothing where it is there.
CREATE FUNCTION "audit_add_partition"(made text, made_from timestamptz, made_to timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM "audit_partition" WHERE "name" = made) THEN RETURN false; END IF;
  PERFORM "audit_make_table"(made);
  EXECUTE format('ALTER TABLE "audit_entry" ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', made, made_from, made_to);
  INSERT INTO "audit_partition" ("name", "from_at", "to_at") VALUES (made, made_from, made_to);
  RETURN true;
END $$;

-- Where no partition was made in time, entries go here: the log never stops for want of one.
SELECT "audit_make_table"('audit_entry_default');
ALTER TABLE "audit_entry" ATTACH PARTITION "audit_entry_default" DEFAULT;

DO $$
DECLARE
  cut timestamptz := clock_timestamp();
  day timestamptz;
  started timestamptz;
BEGIN
  SELECT greatest(cut, max("recorded_at") + interval '1 microsecond') INTO cut FROM "audit_entry_first";
  day := date_trunc('day', cut, 'UTC');
  IF EXISTS (SELECT FROM "audit_entry_first") THEN
    UPDATE "audit_head" SET "recorded_at" = cut;
    -- Proved by one reading of the table, so that attaching it reads nothing and rewrites nothing.
    EXECUTE format('ALTER TABLE "audit_entry_first" ADD CONSTRAINT "audit_entry_first_before" CHECK ("recorded_at" < %L)', cut);
    EXECUTE format('ALTER TABLE "audit_entry" ATTACH PARTITION "audit_entry_first" FOR VALUES FROM (MINVALUE) TO (%L)', cut);
    ALTER TABLE "audit_entry_first" DROP CONSTRAINT "audit_entry_first_before";
    CREATE TRIGGER "audit_entry_no_truncate" BEFORE TRUNCATE ON "audit_entry_first" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewriting"();
    INSERT INTO "audit_partition" ("name", "to_at") VALUES ('audit_entry_first', cut);
    started := cut;
  ELSE
    DROP TABLE "audit_entry_first";
    started := day;
  END IF;
  -- Today's and three more: from then on the keeper makes them.
  FOR nth IN 0..3 LOOP
    PERFORM "audit_add_partition"('audit_entry_' || to_char((day + nth * interval '1 day') AT TIME ZONE 'UTC', 'YYYYMMDD') || 't00',
      CASE nth WHEN 0 THEN started ELSE day + nth * interval '1 day' END, day + (nth + 1) * interval '1 day');
  END LOOP;
END $$;

-- For searching texts in closed partitions. It comes with PostgreSQL; where this login may not add it, such searches read along.
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'pg_trgm cannot be added: %', SQLERRM;
END $$;
