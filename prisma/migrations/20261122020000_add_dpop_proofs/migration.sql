-- Proofs of possession (DPoP) that were used on a token, so that each counts once for all processes. Logged on purpose: a
-- table that a crash empties would let what was used just before count again.
CREATE TABLE "dpop_proof" (
    "id" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "dpop_proof_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "dpop_proof_expires_at_idx" ON "dpop_proof"("expires_at");

-- What Prisma cannot say ----------------------------------------------------------------------------------------------
ALTER TABLE "dpop_proof" ADD CONSTRAINT "dpop_proof_id_length" CHECK (octet_length("id") = 32);
