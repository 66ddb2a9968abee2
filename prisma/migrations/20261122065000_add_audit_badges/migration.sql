-- What strikes about an entry beside others is found by a job that reads the log once, in order (decision 026): writing an
-- entry costs no more for it, and reading a page looks up only what was found.
CREATE TABLE "audit_badge" (
    "idx" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "count" INTEGER,

    CONSTRAINT "audit_badge_pkey" PRIMARY KEY ("idx", "kind")
);
CREATE INDEX "audit_badge_kind_idx_idx" ON "audit_badge"("kind", "idx");

-- From where somebody or something has been seen: the address of IPv4, the /64 of IPv6.
CREATE TABLE "audit_address" (
    "subject" TEXT NOT NULL,
    "network" TEXT NOT NULL,
    "first_idx" BIGINT NOT NULL,

    CONSTRAINT "audit_address_pkey" PRIMARY KEY ("subject", "network")
);

-- When a token was last used, as far as the log has been read.
CREATE TABLE "audit_token_use" (
    "token_id" TEXT NOT NULL,
    "last_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "audit_token_use_pkey" PRIMARY KEY ("token_id")
);

-- How far each job has read the log: the index of the first entry that it has not seen.
CREATE TABLE "audit_reader" (
    "job" TEXT NOT NULL,
    "next" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "audit_reader_pkey" PRIMARY KEY ("job")
);
