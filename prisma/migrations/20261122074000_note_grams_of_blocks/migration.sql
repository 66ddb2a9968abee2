-- What stands in a block is noted as codes of letters and digits in a row (`lib/audit/storage/grams.ts`), which an index of
-- PostgreSQL's own answers for, in place of texts that needed `pg_trgm` (decision 023). The keeper notes every block anew.
DROP TABLE "audit_words";
DELETE FROM "audit_block";
CREATE TABLE "audit_gram" (
  "first_idx" BIGINT NOT NULL,
  "grams" INTEGER[] NOT NULL,
  CONSTRAINT "audit_gram_pkey" PRIMARY KEY ("first_idx")
);
-- Only ever asked for through its index: neither packed nor looked at by the planner.
ALTER TABLE "audit_gram" ALTER COLUMN "grams" SET STORAGE EXTERNAL, ALTER COLUMN "grams" SET STATISTICS 0;
CREATE INDEX "audit_gram_grams" ON "audit_gram" USING gin ("grams") WITH (fastupdate = on);
