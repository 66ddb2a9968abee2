-- How long the log is kept here (decision 027): null, for ever. What is older goes to archives, a partition at a time.
ALTER TABLE "instance" ADD COLUMN "audit_retention_days" INTEGER;
ALTER TABLE "instance" ADD CONSTRAINT "instance_audit_retention_sensible" CHECK ("audit_retention_days" BETWEEN 30 AND 36500);

-- A legal hold is over a time, so that it counts for partitions that are still to be made as well. Open ends are null.
CREATE TABLE "audit_hold" (
  "id" TEXT NOT NULL,
  "from_at" TIMESTAMPTZ(6),
  "to_at" TIMESTAMPTZ(6),
  "reason" TEXT NOT NULL,
  "held_at" TIMESTAMPTZ(6) NOT NULL,
  "held_by" TEXT NOT NULL,
  "released_at" TIMESTAMPTZ(6),
  "released_by" TEXT,
  "release_reason" TEXT,
  CONSTRAINT "audit_hold_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "audit_hold_range" CHECK ("from_at" < "to_at"),
  CONSTRAINT "audit_hold_release" CHECK (("released_at" IS NULL) = ("released_by" IS NULL) AND ("released_at" IS NULL) = ("release_reason" IS NULL))
);

-- Holds stand in a table of their own. Of what was dropped the entry that says so is kept, word for word: the tree proves it, also
-- when its own partition has gone to an archive.
ALTER TABLE "audit_partition"
  DROP CONSTRAINT "audit_partition_hold",
  DROP CONSTRAINT "audit_partition_detached",
  DROP COLUMN "held_at",
  DROP COLUMN "held_by",
  DROP COLUMN "hold_reason",
  ADD COLUMN "archive_bytes" BIGINT,
  ADD COLUMN "retain_id" UUID,
  ADD COLUMN "retain_idx" BIGINT,
  ADD COLUMN "retain_body" TEXT,
  ADD COLUMN "detached_at" TIMESTAMPTZ(6),
  ADD CONSTRAINT "audit_partition_archive" CHECK (("archive_sha256" IS NULL) = ("archive_file" IS NULL) AND ("archive_sha256" IS NULL) = ("retain_id" IS NULL)),
  ADD CONSTRAINT "audit_partition_detached" CHECK (("state" = 'detached') = ("detached_at" IS NOT NULL)
    AND ("state" <> 'detached' OR "first_idx" IS NULL OR ("archive_sha256" IS NOT NULL AND "retain_idx" IS NOT NULL AND "retain_body" IS NOT NULL)));

INSERT INTO "scope" ("id", "server_id", "name", "access", "description") VALUES
  ('scp_gatehouse_retention_read',  'srv_gatehouse', 'retention:read',  'read',  'See how long the audit log is kept, its partitions, archives and legal holds'),
  ('scp_gatehouse_retention_write', 'srv_gatehouse', 'retention:write', 'admin', 'Change how long the audit log is kept, and place and release legal holds');
