-- Identity providers whose word lets an agent in for their people, without asking each (ID-JAG).
CREATE TABLE "trusted_issuer" (
    "issuer" TEXT NOT NULL,
    "jwks_uri" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,

    CONSTRAINT "trusted_issuer_pkey" PRIMARY KEY ("issuer")
);

-- What Prisma cannot say ----------------------------------------------------------------------------------------------
ALTER TABLE "trusted_issuer" ADD CONSTRAINT "trusted_issuer_length" CHECK (length("issuer") BETWEEN 1 AND 2000);
