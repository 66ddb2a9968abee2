-- Searches of the audit log that somebody keeps, and that may tell them when enough entries match.
CREATE TABLE "saved_search" (
    "id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "query" TEXT NOT NULL,
    "shared" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,
    "alert_threshold" INTEGER,
    "alert_window_seconds" INTEGER,
    "next_idx" BIGINT NOT NULL DEFAULT 0,
    "recent_idx" BIGINT[],
    "recent_at" TIMESTAMPTZ(6)[],
    "untold" BIGINT NOT NULL DEFAULT 0,
    "untold_from" BIGINT,
    "reached" BOOLEAN NOT NULL DEFAULT false,
    "fired_at" TIMESTAMPTZ(6),
    "fault" TEXT,

    CONSTRAINT "saved_search_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "saved_search_owner_id_name_key" ON "saved_search"("owner_id", "name");
ALTER TABLE "saved_search" ADD CONSTRAINT "saved_search_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- The notice of an alert names its search, and the entry that was made of it.
ALTER TYPE "NoticeKind" ADD VALUE 'audit_alert';
ALTER TABLE "notice" ADD COLUMN "saved_search_id" TEXT, ADD COLUMN "entry_id" UUID, ADD COLUMN "matches" BIGINT;
ALTER TABLE "notice" ADD CONSTRAINT "notice_saved_search_id_fkey" FOREIGN KEY ("saved_search_id") REFERENCES "saved_search"("id") ON DELETE SET NULL ON UPDATE CASCADE;
CREATE INDEX "notice_saved_search_id_idx" ON "notice"("saved_search_id");

-- Who read what of the log lately: reading the same again within five minutes leaves no second entry.
CREATE TABLE "audit_reading" (
    "reader" TEXT NOT NULL,
    "what" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "audit_reading_pkey" PRIMARY KEY ("reader", "what")
);
CREATE INDEX "audit_reading_at_idx" ON "audit_reading"("at");

-- What Prisma cannot say ----------------------------------------------------------------------------------------------
ALTER TABLE "saved_search" ADD CONSTRAINT "saved_search_alert_whole" CHECK (("alert_threshold" IS NULL) = ("alert_window_seconds" IS NULL));
ALTER TABLE "saved_search" ADD CONSTRAINT "saved_search_alert_bounds" CHECK ("alert_threshold" BETWEEN 1 AND 1000 AND "alert_window_seconds" BETWEEN 60 AND 604800);
CREATE INDEX "saved_search_alerting" ON "saved_search" ("id") WHERE "alert_threshold" IS NOT NULL;
ALTER TABLE "notice" DROP CONSTRAINT "notice_about_grant";
ALTER TABLE "notice" ADD CONSTRAINT "notice_about_grant" CHECK (("kind"::text = 'refresh_token_reuse') = ("grant_id" IS NOT NULL)
  AND ("grant_id" IS NULL) = ("agent_id" IS NULL) AND ("grant_id" IS NULL) = ("server_id" IS NULL));
ALTER TABLE "notice" ADD CONSTRAINT "notice_of_alert" CHECK (("kind"::text = 'audit_alert') = ("entry_id" IS NOT NULL)
  AND ("entry_id" IS NULL) = ("matches" IS NULL));
