-- What each of the keeper's jobs said last of itself; the authority's /metrics reads it.
CREATE TABLE "keeper_job" (
    "name" TEXT NOT NULL,
    "keeper" TEXT NOT NULL,
    "since" TIMESTAMPTZ(6) NOT NULL,
    "done_at" TIMESTAMPTZ(6),
    "fault" TEXT,
    "fault_at" TIMESTAMPTZ(6),

    CONSTRAINT "keeper_job_pkey" PRIMARY KEY ("name"),
    CONSTRAINT "keeper_job_fault_dated" CHECK (("fault" IS NULL) = ("fault_at" IS NULL))
);
