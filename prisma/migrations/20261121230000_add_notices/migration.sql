-- What somebody should hear of: written with the change that it tells of, for one person or for all admins.
CREATE TYPE "NoticeKind" AS ENUM ('refresh_token_reuse');

CREATE TABLE "notice" (
    "id" TEXT NOT NULL,
    "kind" "NoticeKind" NOT NULL,
    "recipient_id" TEXT,
    "grant_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "server_id" TEXT NOT NULL,
    "ip" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(6),
    "seen_by" TEXT,

    CONSTRAINT "notice_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "notice_recipient_id_id_idx" ON "notice"("recipient_id", "id");
CREATE INDEX "notice_grant_id_idx" ON "notice"("grant_id");
CREATE INDEX "notice_seen_at_idx" ON "notice"("seen_at");
ALTER TABLE "notice" ADD CONSTRAINT "notice_recipient_id_fkey" FOREIGN KEY ("recipient_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "notice" ADD CONSTRAINT "notice_grant_id_fkey" FOREIGN KEY ("grant_id") REFERENCES "oauth_grant"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "notice" ADD CONSTRAINT "notice_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "notice" ADD CONSTRAINT "notice_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "notice" ADD CONSTRAINT "notice_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "mcp_server"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma cannot say ----------------------------------------------------------------------------------------------
ALTER TABLE "notice" ADD CONSTRAINT "notice_seen_by_somebody" CHECK (("seen_at" IS NULL) = ("seen_by" IS NULL));
-- The frame of every screen counts what nobody has seen yet.
CREATE INDEX "notice_unseen" ON "notice" ("recipient_id") WHERE "seen_at" IS NULL;
