-- The log in blocks of 512 entries by index (block n begins at 512 n), noted by a job that follows the log: when their entries
-- happened, and which words stand in them. A text is looked for in the blocks that can have it (decision 023): beside an index over
-- every body that is a hundredth of the room, and it covers the partition that is written as well.
CREATE TABLE "audit_block" (
  "first_idx" BIGINT NOT NULL,
  "min_at" TIMESTAMPTZ(6) NOT NULL,
  "max_at" TIMESTAMPTZ(6) NOT NULL,
  CONSTRAINT "audit_block_pkey" PRIMARY KEY ("first_idx")
);
CREATE TABLE "audit_words" (
  "first_idx" BIGINT NOT NULL,
  "words" TEXT NOT NULL,
  CONSTRAINT "audit_words_pkey" PRIMARY KEY ("first_idx")
);
-- A block is noted once and read often: not worth the time of packing.
ALTER TABLE "audit_words" ALTER COLUMN "words" SET STORAGE EXTERNAL;
DO $$
BEGIN
  CREATE INDEX "audit_words_text" ON "audit_words" USING gin ("words" COLLATE "C" gin_trgm_ops) WITH (fastupdate = on);
EXCEPTION WHEN undefined_object THEN
  RAISE NOTICE 'without pg_trgm all words are read along';
END $$;
ALTER TABLE "audit_partition" DROP COLUMN "text_indexed";
