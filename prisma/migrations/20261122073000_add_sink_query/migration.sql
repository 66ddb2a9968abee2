-- A sink may ask for some entries alone, by a query.
ALTER TABLE "audit_sink"
  ADD COLUMN "query" TEXT,
  ADD COLUMN "left_out" BIGINT NOT NULL DEFAULT 0;
