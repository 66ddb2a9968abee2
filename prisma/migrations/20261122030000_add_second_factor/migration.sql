-- A second factor for people: an authenticator app (TOTP), recovery codes, and sign-ins that wait for a code.
CREATE TABLE "authenticator" (
    "person_id" TEXT NOT NULL,
    "sealed_secret" BYTEA NOT NULL,
    "last_step" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "authenticator_pkey" PRIMARY KEY ("person_id")
);
CREATE TABLE "authenticator_enrolment" (
    "person_id" TEXT NOT NULL,
    "sealed_secret" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "authenticator_enrolment_pkey" PRIMARY KEY ("person_id")
);
CREATE TABLE "recovery_code" (
    "hash" BYTEA NOT NULL,
    "person_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "used_at" TIMESTAMPTZ(6),

    CONSTRAINT "recovery_code_pkey" PRIMARY KEY ("hash")
);
CREATE TABLE "pending_sign_in" (
    "hash" BYTEA NOT NULL,
    "person_id" TEXT NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "pending_sign_in_pkey" PRIMARY KEY ("hash")
);
CREATE INDEX "recovery_code_person_id_idx" ON "recovery_code"("person_id");
CREATE INDEX "pending_sign_in_person_id_idx" ON "pending_sign_in"("person_id");
CREATE INDEX "pending_sign_in_expires_at_idx" ON "pending_sign_in"("expires_at");
ALTER TABLE "authenticator" ADD CONSTRAINT "authenticator_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "authenticator_enrolment" ADD CONSTRAINT "authenticator_enrolment_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "recovery_code" ADD CONSTRAINT "recovery_code_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "pending_sign_in" ADD CONSTRAINT "pending_sign_in_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Sessions know how they were made. Those that are open were made with a password, or by a provider that was not asked.
ALTER TABLE "session" ADD COLUMN     "amr" TEXT[] DEFAULT ARRAY[]::TEXT[];
UPDATE "session" SET "amr" = ARRAY['pwd'] WHERE "method" <> 'sso' AND "revoked_at" IS NULL;

-- Who must have one.
ALTER TABLE "instance" ADD COLUMN     "require_second_factor" TEXT NOT NULL DEFAULT 'off';

-- What a token says of its person's sign-in (RFC 9470 §6).
ALTER TABLE "access_token" ADD COLUMN     "auth_time" TIMESTAMPTZ(6),
ADD COLUMN     "acr" TEXT;

-- A notice may be about a person alone.
ALTER TYPE "NoticeKind" ADD VALUE 'second_factor_reset';
ALTER TABLE "notice" ALTER COLUMN "grant_id" DROP NOT NULL,
ALTER COLUMN "agent_id" DROP NOT NULL,
ALTER COLUMN "server_id" DROP NOT NULL;

-- What Prisma cannot say ----------------------------------------------------------------------------------------------
ALTER TABLE "instance" ADD CONSTRAINT "instance_require_second_factor_known" CHECK ("require_second_factor" IN ('off', 'admins', 'everyone'));
ALTER TABLE "pending_sign_in" ADD CONSTRAINT "pending_sign_in_tries_bounded" CHECK ("tries" BETWEEN 0 AND 5);
-- The kind as text: a new value of a type may not be used in the transaction that adds it.
ALTER TABLE "notice" ADD CONSTRAINT "notice_about_grant" CHECK (("kind"::text = 'second_factor_reset') = ("grant_id" IS NULL)
  AND ("grant_id" IS NULL) = ("agent_id" IS NULL) AND ("grant_id" IS NULL) = ("server_id" IS NULL));
