-- The log is shipped to where a company keeps its logs. A sink is a place and how far it has got.
CREATE TABLE "audit_sink" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "settings" JSONB NOT NULL,
    "sealed_secret" BYTEA,
    "status" TEXT NOT NULL DEFAULT 'active',
    "cursor" BIGINT NOT NULL,
    "claimed" BIGINT,
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "shipped" BIGINT NOT NULL DEFAULT 0,
    "missed" BIGINT NOT NULL DEFAULT 0,
    "shipped_at" TIMESTAMPTZ(6),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "failures_total" BIGINT NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "last_error_at" TIMESTAMPTZ(6),
    "next_try_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,

    CONSTRAINT "audit_sink_pkey" PRIMARY KEY ("id")
);
CREATE TABLE "audit_dead_letter" (
    "sink_id" TEXT NOT NULL,
    "idx" BIGINT NOT NULL,
    "error" TEXT NOT NULL,
    "refused_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retrying" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "audit_dead_letter_pkey" PRIMARY KEY ("sink_id", "idx")
);
CREATE UNIQUE INDEX "audit_sink_name_key" ON "audit_sink"("name");
ALTER TABLE "audit_dead_letter" ADD CONSTRAINT "audit_dead_letter_sink_id_fkey" FOREIGN KEY ("sink_id") REFERENCES "audit_sink"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Who may change where the log goes can read all of it: so it is admin.
INSERT INTO "scope" ("id", "server_id", "name", "access", "description") VALUES
  ('scp_gatehouse_sinks_read',  'srv_gatehouse', 'sinks:read',  'read',  'See where the audit log is shipped to'),
  ('scp_gatehouse_sinks_write', 'srv_gatehouse', 'sinks:write', 'admin', 'Change where the audit log is shipped to');

-- What Prisma cannot say ----------------------------------------------------------------------------------------------
ALTER TABLE "audit_sink"
  ADD CONSTRAINT "audit_sink_kind_known" CHECK ("kind" IN ('loki', 'otlp', 'splunk_hec', 'syslog', 's3', 'webhook')),
  ADD CONSTRAINT "audit_sink_format_known" CHECK ("format" IN ('gatehouse', 'ocsf', 'ecs')),
  ADD CONSTRAINT "audit_sink_status_known" CHECK ("status" IN ('active', 'paused')),
  ADD CONSTRAINT "audit_sink_cursor_in_log" CHECK ("cursor" >= 0 AND "claimed" > "cursor");
CREATE INDEX "audit_dead_letter_retrying_idx" ON "audit_dead_letter"("sink_id") WHERE "retrying";
