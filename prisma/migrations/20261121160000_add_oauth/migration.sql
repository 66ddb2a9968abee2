-- CreateEnum
CREATE TYPE "AgentOrigin" AS ENUM ('registered', 'document', 'dynamic');

-- CreateEnum
CREATE TYPE "AccessTokenFormat" AS ENUM ('jwt', 'opaque');

-- AlterTable
ALTER TABLE "agent" ADD COLUMN     "origin" "AgentOrigin" NOT NULL DEFAULT 'registered';

-- AlterTable
ALTER TABLE "instance" ADD COLUMN     "grant_lifetime_seconds" INTEGER NOT NULL DEFAULT 31536000,
ADD COLUMN     "refresh_idle_seconds" INTEGER NOT NULL DEFAULT 2592000,
ADD COLUMN     "registration" TEXT NOT NULL DEFAULT 'listed',
ADD COLUMN     "registration_places" TEXT[] DEFAULT ARRAY['localhost', '127.0.0.1', '[::1]', 'claude.ai', 'claude.com', 'chatgpt.com', 'vscode.dev', 'insiders.vscode.dev', 'cursor:', 'vscode:', 'vscode-insiders:', 'windsurf:']::TEXT[],
ADD COLUMN     "documents" TEXT NOT NULL DEFAULT 'open',
ADD COLUMN     "document_hosts" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "mcp_server" ADD COLUMN     "access_token_format" "AccessTokenFormat" NOT NULL DEFAULT 'jwt',
ADD COLUMN     "access_token_seconds" INTEGER NOT NULL DEFAULT 900,
ADD COLUMN     "require_dpop" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "oauth_client" (
    "agent_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "auth_method" TEXT NOT NULL,
    "application_type" TEXT NOT NULL DEFAULT 'native',
    "redirect_uris" TEXT[],
    "grant_types" TEXT[],
    "jwks" JSONB,
    "jwks_uri" TEXT,
    "client_uri" TEXT,
    "idle_timeout_seconds" INTEGER,
    "require_dpop" BOOLEAN NOT NULL DEFAULT false,
    "document_read_at" TIMESTAMPTZ(6),
    "document_fresh_until" TIMESTAMPTZ(6),
    "document_hash" BYTEA,
    "approved_at" TIMESTAMPTZ(6),
    "approved_by" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "oauth_client_pkey" PRIMARY KEY ("agent_id")
);

-- CreateTable
CREATE TABLE "client_secret" (
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "pepper_version" TEXT NOT NULL,
    "last_four" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(6),
    "revoked_at" TIMESTAMPTZ(6),
    "last_used_at" TIMESTAMPTZ(6),

    CONSTRAINT "client_secret_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "oauth_grant" (
    "id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "server_id" TEXT NOT NULL,
    "declared" BOOLEAN NOT NULL DEFAULT false,
    "tools" TEXT[],
    "remembered" BOOLEAN NOT NULL DEFAULT false,
    "session_id" TEXT,
    "ip" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "revoked_at" TIMESTAMPTZ(6),
    "revoked_reason" TEXT,
    "revoked_by" TEXT,

    CONSTRAINT "oauth_grant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "oauth_grant_scope" (
    "grant_id" TEXT NOT NULL,
    "scope_id" TEXT NOT NULL,
    "server_id" TEXT NOT NULL,

    CONSTRAINT "oauth_grant_scope_pkey" PRIMARY KEY ("grant_id","scope_id")
);

-- CreateTable
CREATE TABLE "grant_activity" (
    "grant_id" TEXT NOT NULL,
    "last_used_at" TIMESTAMPTZ(6) NOT NULL,
    "last_ip" TEXT,
    "last_tool" TEXT,

    CONSTRAINT "grant_activity_pkey" PRIMARY KEY ("grant_id")
);

-- CreateTable
CREATE TABLE "refresh_token" (
    "id" TEXT NOT NULL,
    "grant_id" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "scope" TEXT NOT NULL,
    "jkt" TEXT,
    "facts" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "rotated_at" TIMESTAMPTZ(6),
    "sealed_successor" BYTEA,

    CONSTRAINT "refresh_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "access_token" (
    "id" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "format" "AccessTokenFormat" NOT NULL,
    "last_four" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "person_id" TEXT,
    "server_id" TEXT NOT NULL,
    "grant_id" TEXT,
    "scopes" TEXT[],
    "declared" BOOLEAN NOT NULL DEFAULT false,
    "tools" TEXT[],
    "jkt" TEXT,
    "parent_id" TEXT,
    "actors" TEXT[],
    "issued_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "revoked_at" TIMESTAMPTZ(6),
    "revoked_reason" TEXT,

    CONSTRAINT "access_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "oauth_artifact" (
    "kind" TEXT NOT NULL,
    "key_hash" BYTEA NOT NULL,
    "uid" TEXT,
    "user_code" BYTEA,
    "grant_id" TEXT,
    "agent_id" TEXT,
    "person_id" TEXT,
    "sealed" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "consumed_at" TIMESTAMPTZ(6),

    CONSTRAINT "oauth_artifact_pkey" PRIMARY KEY ("kind","key_hash")
);

-- CreateTable
CREATE TABLE "signing_key" (
    "kid" TEXT NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "sealed_private" BYTEA NOT NULL,
    "active_from" TIMESTAMPTZ(6) NOT NULL,
    "published_until" TIMESTAMPTZ(6) NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "signing_key_pkey" PRIMARY KEY ("kid")
);

-- CreateIndex
CREATE UNIQUE INDEX "oauth_client_client_id_key" ON "oauth_client"("client_id");

-- CreateIndex
CREATE UNIQUE INDEX "client_secret_hash_key" ON "client_secret"("hash");

-- CreateIndex
CREATE INDEX "client_secret_agent_id_idx" ON "client_secret"("agent_id");

-- CreateIndex
CREATE INDEX "oauth_grant_person_id_idx" ON "oauth_grant"("person_id");

-- CreateIndex
CREATE INDEX "oauth_grant_agent_id_idx" ON "oauth_grant"("agent_id");

-- CreateIndex
CREATE INDEX "oauth_grant_server_id_idx" ON "oauth_grant"("server_id");

-- CreateIndex
CREATE INDEX "oauth_grant_created_at_id_idx" ON "oauth_grant"("created_at" DESC, "id");

-- CreateIndex
CREATE UNIQUE INDEX "oauth_grant_id_server_id_key" ON "oauth_grant"("id", "server_id");

-- CreateIndex
CREATE INDEX "oauth_grant_scope_scope_id_server_id_idx" ON "oauth_grant_scope"("scope_id", "server_id");

-- CreateIndex
CREATE UNIQUE INDEX "refresh_token_hash_key" ON "refresh_token"("hash");

-- CreateIndex
CREATE INDEX "refresh_token_expires_at_idx" ON "refresh_token"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "refresh_token_grant_id_generation_key" ON "refresh_token"("grant_id", "generation");

-- CreateIndex
CREATE UNIQUE INDEX "access_token_hash_key" ON "access_token"("hash");

-- CreateIndex
CREATE INDEX "access_token_grant_id_idx" ON "access_token"("grant_id");

-- CreateIndex
CREATE INDEX "access_token_agent_id_idx" ON "access_token"("agent_id");

-- CreateIndex
CREATE INDEX "access_token_parent_id_idx" ON "access_token"("parent_id");

-- CreateIndex
CREATE INDEX "access_token_expires_at_idx" ON "access_token"("expires_at");

-- CreateIndex
CREATE INDEX "oauth_artifact_grant_id_idx" ON "oauth_artifact"("grant_id");

-- CreateIndex
CREATE INDEX "oauth_artifact_expires_at_idx" ON "oauth_artifact"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "oauth_artifact_kind_uid_key" ON "oauth_artifact"("kind", "uid");

-- CreateIndex
CREATE UNIQUE INDEX "oauth_artifact_kind_user_code_key" ON "oauth_artifact"("kind", "user_code");

-- CreateIndex
CREATE INDEX "signing_key_active_from_idx" ON "signing_key"("active_from");

-- AddForeignKey
ALTER TABLE "oauth_client" ADD CONSTRAINT "oauth_client_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "client_secret" ADD CONSTRAINT "client_secret_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "oauth_grant" ADD CONSTRAINT "oauth_grant_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "oauth_grant" ADD CONSTRAINT "oauth_grant_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "oauth_grant" ADD CONSTRAINT "oauth_grant_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "mcp_server"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "oauth_grant_scope" ADD CONSTRAINT "oauth_grant_scope_grant_id_server_id_fkey" FOREIGN KEY ("grant_id", "server_id") REFERENCES "oauth_grant"("id", "server_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "oauth_grant_scope" ADD CONSTRAINT "oauth_grant_scope_scope_id_server_id_fkey" FOREIGN KEY ("scope_id", "server_id") REFERENCES "scope"("id", "server_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "grant_activity" ADD CONSTRAINT "grant_activity_grant_id_fkey" FOREIGN KEY ("grant_id") REFERENCES "oauth_grant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refresh_token" ADD CONSTRAINT "refresh_token_grant_id_fkey" FOREIGN KEY ("grant_id") REFERENCES "oauth_grant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_token" ADD CONSTRAINT "access_token_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_token" ADD CONSTRAINT "access_token_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_token" ADD CONSTRAINT "access_token_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "mcp_server"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_token" ADD CONSTRAINT "access_token_grant_id_fkey" FOREIGN KEY ("grant_id") REFERENCES "oauth_grant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_token" ADD CONSTRAINT "access_token_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "access_token"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot say ----------------------------------------------------------------------------------------------

-- An agent that introduced itself has no owner until somebody takes it over, and any name that it likes.
ALTER TABLE "agent" DROP CONSTRAINT "agent_owned",
  ADD CONSTRAINT "agent_owned" CHECK ("owner_id" IS NOT NULL OR "builtin" OR "origin" <> 'registered');
DROP INDEX "agent_name_key";
CREATE UNIQUE INDEX "agent_name_key" ON "agent" (lower("name")) WHERE "origin" = 'registered';

ALTER TABLE "instance"
  ADD CONSTRAINT "instance_refresh_idle_bounded" CHECK ("refresh_idle_seconds" BETWEEN 60 AND 31622400),
  ADD CONSTRAINT "instance_registration_known" CHECK ("registration" IN ('off', 'listed', 'open')),
  ADD CONSTRAINT "instance_documents_known" CHECK ("documents" IN ('off', 'listed', 'open')),
  ADD CONSTRAINT "instance_grant_lifetime_bounded" CHECK ("grant_lifetime_seconds" BETWEEN 60 AND 158112000);
ALTER TABLE "mcp_server"
  ADD CONSTRAINT "mcp_server_access_token_bounded" CHECK ("access_token_seconds" BETWEEN 60 AND 86400);
ALTER TABLE "oauth_client"
  ADD CONSTRAINT "oauth_client_id_length" CHECK (length("client_id") BETWEEN 1 AND 2000),
  ADD CONSTRAINT "oauth_client_auth_method_known" CHECK ("auth_method" IN ('none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt')),
  ADD CONSTRAINT "oauth_client_application_type_known" CHECK ("application_type" IN ('native', 'web')),
  ADD CONSTRAINT "oauth_client_keys_in_one_place" CHECK ("jwks" IS NULL OR "jwks_uri" IS NULL),
  ADD CONSTRAINT "oauth_client_idle_timeout_positive" CHECK ("idle_timeout_seconds" IS NULL OR "idle_timeout_seconds" > 0),
  ADD CONSTRAINT "oauth_client_document_read" CHECK (("document_read_at" IS NULL) = ("document_hash" IS NULL)
    AND ("document_read_at" IS NULL) = ("document_fresh_until" IS NULL)),
  ADD CONSTRAINT "oauth_client_approval_attributed" CHECK (("approved_at" IS NULL) = ("approved_by" IS NULL));
ALTER TABLE "client_secret"
  ADD CONSTRAINT "client_secret_hash_length" CHECK (octet_length("hash") = 32),
  ADD CONSTRAINT "client_secret_last_four_length" CHECK (length("last_four") = 4);
ALTER TABLE "oauth_grant"
  ADD CONSTRAINT "oauth_grant_expires_later" CHECK ("expires_at" > "created_at"),
  ADD CONSTRAINT "oauth_grant_tools_declared" CHECK ("declared" OR cardinality("tools") = 0),
  ADD CONSTRAINT "oauth_grant_revocation_attributed" CHECK (("revoked_at" IS NULL) = ("revoked_by" IS NULL));
ALTER TABLE "refresh_token"
  ADD CONSTRAINT "refresh_token_hash_length" CHECK (octet_length("hash") = 32),
  ADD CONSTRAINT "refresh_token_generation_positive" CHECK ("generation" >= 1),
  ADD CONSTRAINT "refresh_token_rotation_whole" CHECK (("rotated_at" IS NULL) = ("sealed_successor" IS NULL));
ALTER TABLE "access_token"
  ADD CONSTRAINT "access_token_hash_length" CHECK (octet_length("hash") = 32),
  ADD CONSTRAINT "access_token_expires_later" CHECK ("expires_at" > "issued_at"),
  ADD CONSTRAINT "access_token_tools_declared" CHECK ("declared" OR cardinality("tools") = 0),
  ADD CONSTRAINT "access_token_not_its_own_parent" CHECK ("parent_id" <> "id");
ALTER TABLE "oauth_artifact" ADD CONSTRAINT "oauth_artifact_key_length" CHECK (octet_length("key_hash") = 32);
ALTER TABLE "signing_key" ADD CONSTRAINT "signing_key_published_while_active" CHECK ("published_until" > "active_from");

-- The admin API is for static tokens alone: no consent of a person's opens it.
CREATE FUNCTION "oauth_refuse_builtin_server"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM "mcp_server" WHERE "id" = NEW."server_id" AND "builtin") THEN
    RAISE EXCEPTION 'OAuth does not open the admin API' USING ERRCODE = 'check_violation', CONSTRAINT = 'oauth_not_for_builtin_server', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "oauth_grant_not_builtin" BEFORE INSERT ON "oauth_grant" FOR EACH ROW EXECUTE FUNCTION "oauth_refuse_builtin_server"();
CREATE TRIGGER "access_token_not_builtin" BEFORE INSERT ON "access_token" FOR EACH ROW EXECUTE FUNCTION "oauth_refuse_builtin_server"();

-- What was given to whom stays as it was given, and what was revoked stays revoked.
CREATE FUNCTION "oauth_grant_refuse_rewriting"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW."id", NEW."person_id", NEW."agent_id", NEW."server_id", NEW."created_at")
       IS DISTINCT FROM (OLD."id", OLD."person_id", OLD."agent_id", OLD."server_id", OLD."created_at") THEN
    RAISE EXCEPTION 'a grant keeps its parties' USING ERRCODE = 'check_violation', CONSTRAINT = 'oauth_grant_parties_fixed', TABLE = 'oauth_grant';
  END IF;
  IF OLD."revoked_at" IS NOT NULL AND NEW."revoked_at" IS DISTINCT FROM OLD."revoked_at" THEN
    RAISE EXCEPTION 'a revoked grant stays revoked' USING ERRCODE = 'check_violation', CONSTRAINT = 'oauth_grant_revocation_final', TABLE = 'oauth_grant';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "oauth_grant_refuse_rewriting" BEFORE UPDATE ON "oauth_grant" FOR EACH ROW EXECUTE FUNCTION "oauth_grant_refuse_rewriting"();

CREATE FUNCTION "access_token_refuse_rewriting"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (to_jsonb(NEW) - 'revoked_at' - 'revoked_reason') IS DISTINCT FROM (to_jsonb(OLD) - 'revoked_at' - 'revoked_reason') THEN
    RAISE EXCEPTION 'an access token can only be revoked' USING ERRCODE = 'check_violation', CONSTRAINT = 'access_token_fixed', TABLE = 'access_token';
  END IF;
  IF OLD."revoked_at" IS NOT NULL AND NEW."revoked_at" IS DISTINCT FROM OLD."revoked_at" THEN
    RAISE EXCEPTION 'a revoked access token stays revoked' USING ERRCODE = 'check_violation', CONSTRAINT = 'access_token_revocation_final', TABLE = 'access_token';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "access_token_refuse_rewriting" BEFORE UPDATE ON "access_token" FOR EACH ROW EXECUTE FUNCTION "access_token_refuse_rewriting"();

-- Validators cache what follows from these (docs/revocation.md).
CREATE CONSTRAINT TRIGGER "oauth_grant_note_change" AFTER UPDATE OF "revoked_at", "expires_at", "declared", "tools" OR DELETE ON "oauth_grant"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_change"('grant', 'id');
CREATE CONSTRAINT TRIGGER "oauth_grant_scope_note_change" AFTER UPDATE OR DELETE ON "oauth_grant_scope"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_change"('grant', 'grant_id');
CREATE CONSTRAINT TRIGGER "access_token_note_revocation" AFTER UPDATE OF "revoked_at" ON "access_token"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_change"('token', 'id');
CREATE CONSTRAINT TRIGGER "oauth_client_note_change" AFTER UPDATE OF "idle_timeout_seconds", "approved_at" OR DELETE ON "oauth_client"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_change"('agent', 'agent_id');

INSERT INTO "scope" ("id", "server_id", "name", "access", "description") VALUES
  ('scp_gatehouse_grants_read',  'srv_gatehouse', 'grants:read',  'read',  'See which agents people have connected'),
  ('scp_gatehouse_grants_write', 'srv_gatehouse', 'grants:write', 'write', 'End the access of connected agents');
