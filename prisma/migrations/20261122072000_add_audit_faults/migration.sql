-- What is wrong with the log's proof, since when, and until when: one open fault for each that looks.
CREATE TABLE "audit_fault" (
    "id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "idx" BIGINT NOT NULL,
    "fault" TEXT NOT NULL,
    "found_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "mended_at" TIMESTAMPTZ(6),

    CONSTRAINT "audit_fault_pkey" PRIMARY KEY ("id")
);

-- How far the signed log was walked over again.
CREATE TABLE "audit_recheck" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "next" BIGINT NOT NULL DEFAULT 0,
    "began_at" TIMESTAMPTZ(6),
    "passed_at" TIMESTAMPTZ(6),
    "passed_size" BIGINT,

    CONSTRAINT "audit_recheck_pkey" PRIMARY KEY ("id")
);
INSERT INTO "audit_recheck" ("id") VALUES (1);

-- The notice of a fault is about nobody.
ALTER TYPE "NoticeKind" ADD VALUE 'audit_fault';
ALTER TABLE "notice" ALTER COLUMN "person_id" DROP NOT NULL;
ALTER TABLE "notice" ADD COLUMN "fault_id" TEXT;
ALTER TABLE "notice" ADD CONSTRAINT "notice_fault_id_fkey" FOREIGN KEY ("fault_id") REFERENCES "audit_fault"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
CREATE INDEX "notice_fault_id_idx" ON "notice"("fault_id");

-- What Prisma cannot say ----------------------------------------------------------------------------------------------
CREATE UNIQUE INDEX "audit_fault_open" ON "audit_fault" ("source") WHERE "mended_at" IS NULL;
ALTER TABLE "audit_recheck" ADD CONSTRAINT "audit_recheck_one" CHECK ("id" = 1 AND "next" >= 0);
ALTER TABLE "notice" ADD CONSTRAINT "notice_of_fault" CHECK (("kind"::text = 'audit_fault') = ("fault_id" IS NOT NULL)
  AND ("kind"::text = 'audit_fault') = ("person_id" IS NULL));
