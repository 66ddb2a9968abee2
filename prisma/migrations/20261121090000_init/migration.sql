-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "ConsoleRole" AS ENUM ('owner', 'admin', 'auditor', 'member');

-- CreateEnum
CREATE TYPE "PersonStatus" AS ENUM ('invited', 'active', 'suspended');

-- CreateEnum
CREATE TYPE "AgentKind" AS ENUM ('interactive', 'machine');

-- CreateEnum
CREATE TYPE "AgentStatus" AS ENUM ('active', 'suspended');

-- CreateEnum
CREATE TYPE "ServerStatus" AS ENUM ('active', 'disabled');

-- CreateEnum
CREATE TYPE "Access" AS ENUM ('read', 'write', 'admin');

-- CreateEnum
CREATE TYPE "ToolSource" AS ENUM ('manual', 'import');

-- CreateEnum
CREATE TYPE "ToolDrift" AS ENUM ('none', 'changed', 'removed');

-- CreateEnum
CREATE TYPE "TokenKind" AS ENUM ('ro', 'rw', 'adm');

-- CreateEnum
CREATE TYPE "LinkPurpose" AS ENUM ('first_run', 'invitation', 'password_reset');

-- CreateTable
CREATE TABLE "person" (
    "id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "console_role" "ConsoleRole" NOT NULL,
    "status" "PersonStatus" NOT NULL,
    "password_hash" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,
    "suspended_at" TIMESTAMPTZ(6),
    "last_sign_in_at" TIMESTAMPTZ(6),

    CONSTRAINT "person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "person_identity" (
    "id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "person_identity_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "kind" "AgentKind" NOT NULL,
    "status" "AgentStatus" NOT NULL DEFAULT 'active',
    "owner_id" TEXT,
    "builtin" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,
    "suspended_at" TIMESTAMPTZ(6),

    CONSTRAINT "agent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mcp_server" (
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "status" "ServerStatus" NOT NULL DEFAULT 'active',
    "builtin" BOOLEAN NOT NULL DEFAULT false,
    "max_token_lifetime_seconds" INTEGER,
    "import_url" TEXT,
    "imported_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,
    "disabled_at" TIMESTAMPTZ(6),

    CONSTRAINT "mcp_server_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "scope" (
    "id" TEXT NOT NULL,
    "server_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "access" "Access" NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "scope_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tool" (
    "id" TEXT NOT NULL,
    "server_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "title" TEXT NOT NULL DEFAULT '',
    "description" TEXT NOT NULL DEFAULT '',
    "source" "ToolSource" NOT NULL,
    "annotations" JSONB NOT NULL DEFAULT '{}',
    "input_schema" JSONB,
    "suggested_access" "Access" NOT NULL DEFAULT 'write',
    "drift" "ToolDrift" NOT NULL DEFAULT 'none',
    "pending" JSONB,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "tool_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tool_scope" (
    "tool_id" TEXT NOT NULL,
    "scope_id" TEXT NOT NULL,
    "server_id" TEXT NOT NULL,

    CONSTRAINT "tool_scope_pkey" PRIMARY KEY ("tool_id","scope_id")
);

-- CreateTable
CREATE TABLE "server_key" (
    "id" TEXT NOT NULL,
    "server_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "pepper_version" TEXT NOT NULL,
    "last_four" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(6),
    "retires_at" TIMESTAMPTZ(6),
    "revoked_at" TIMESTAMPTZ(6),
    "revoked_reason" TEXT,
    "last_used_at" TIMESTAMPTZ(6),
    "predecessor_id" TEXT,

    CONSTRAINT "server_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "role" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "builtin" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,
    "archived_at" TIMESTAMPTZ(6),

    CONSTRAINT "role_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "role_scope" (
    "role_id" TEXT NOT NULL,
    "server_id" TEXT NOT NULL,
    "pattern" TEXT NOT NULL,

    CONSTRAINT "role_scope_pkey" PRIMARY KEY ("role_id","server_id","pattern")
);

-- CreateTable
CREATE TABLE "person_role" (
    "person_id" TEXT NOT NULL,
    "role_id" TEXT NOT NULL,
    "assigned_by" TEXT NOT NULL,
    "assigned_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "person_role_pkey" PRIMARY KEY ("person_id","role_id")
);

-- CreateTable
CREATE TABLE "agent_role" (
    "agent_id" TEXT NOT NULL,
    "role_id" TEXT NOT NULL,
    "assigned_by" TEXT NOT NULL,
    "assigned_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "agent_role_pkey" PRIMARY KEY ("agent_id","role_id")
);

-- CreateTable
CREATE TABLE "token" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "note" TEXT NOT NULL DEFAULT '',
    "kind" "TokenKind" NOT NULL,
    "hash" BYTEA NOT NULL,
    "pepper_version" TEXT NOT NULL,
    "last_four" TEXT NOT NULL,
    "person_id" TEXT,
    "agent_id" TEXT,
    "role_id" TEXT NOT NULL,
    "narrowed" BOOLEAN NOT NULL DEFAULT false,
    "not_before" TIMESTAMPTZ(6),
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "allowed_cidrs" TEXT[],
    "rate_limit" INTEGER,
    "rate_window_seconds" INTEGER,
    "family_id" TEXT NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "predecessor_id" TEXT,
    "retires_at" TIMESTAMPTZ(6),
    "revoked_at" TIMESTAMPTZ(6),
    "revoked_reason" TEXT,
    "revoked_by" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,

    CONSTRAINT "token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "token_server" (
    "token_id" TEXT NOT NULL,
    "server_id" TEXT NOT NULL,

    CONSTRAINT "token_server_pkey" PRIMARY KEY ("token_id","server_id")
);

-- CreateTable
CREATE TABLE "token_scope" (
    "token_id" TEXT NOT NULL,
    "scope_id" TEXT NOT NULL,
    "server_id" TEXT NOT NULL,

    CONSTRAINT "token_scope_pkey" PRIMARY KEY ("token_id","scope_id")
);

-- CreateTable
CREATE TABLE "token_activity" (
    "token_id" TEXT NOT NULL,
    "last_used_at" TIMESTAMPTZ(6),
    "last_ip" TEXT,
    "last_tool" TEXT,
    "last_server_id" TEXT,
    "allowed" BIGINT NOT NULL DEFAULT 0,
    "denied" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "token_activity_pkey" PRIMARY KEY ("token_id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "ip" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "reauthenticated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "revoked_at" TIMESTAMPTZ(6),

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "one_time_link" (
    "id" TEXT NOT NULL,
    "purpose" "LinkPurpose" NOT NULL,
    "person_id" TEXT,
    "hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "used_at" TIMESTAMPTZ(6),

    CONSTRAINT "one_time_link_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_throttle" (
    "key" BYTEA NOT NULL,
    "failures" INTEGER NOT NULL,
    "window_ends_at" TIMESTAMPTZ(6) NOT NULL,
    "blocked_until" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "sign_in_throttle_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "idempotency_record" (
    "key_hash" BYTEA NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "status" INTEGER,
    "sealed" BYTEA,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "idempotency_record_pkey" PRIMARY KEY ("key_hash")
);

-- CreateTable
CREATE TABLE "instance" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "secret_check" BYTEA,
    "max_token_lifetime_seconds" INTEGER NOT NULL DEFAULT 31622400,
    "default_token_lifetime_seconds" INTEGER NOT NULL DEFAULT 2592000,
    "session_idle_seconds" INTEGER NOT NULL DEFAULT 3600,
    "session_absolute_seconds" INTEGER NOT NULL DEFAULT 43200,

    CONSTRAINT "instance_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "change_head" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "seq" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "change_head_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "change" (
    "seq" BIGINT NOT NULL,
    "subject_kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "change_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "audit_head" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "next" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "audit_head_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "idx" BIGINT NOT NULL,
    "id" UUID NOT NULL,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,
    "recorded_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "action" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "reason" TEXT,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT,
    "person_id" TEXT,
    "agent_id" TEXT,
    "server_id" TEXT,
    "token_id" TEXT,
    "target_kind" TEXT,
    "target_id" TEXT,
    "tool" TEXT,
    "ip" TEXT,
    "request_id" TEXT,
    "body" TEXT NOT NULL,
    "leaf" BYTEA NOT NULL,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("idx")
);

-- CreateIndex
CREATE UNIQUE INDEX "person_email_key" ON "person"("email");

-- CreateIndex
CREATE INDEX "person_status_name_idx" ON "person"("status", "name");

-- CreateIndex
CREATE INDEX "person_identity_person_id_idx" ON "person_identity"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "person_identity_issuer_subject_key" ON "person_identity"("issuer", "subject");

-- CreateIndex
CREATE INDEX "agent_owner_id_idx" ON "agent"("owner_id");

-- CreateIndex
CREATE UNIQUE INDEX "mcp_server_slug_key" ON "mcp_server"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "mcp_server_resource_key" ON "mcp_server"("resource");

-- CreateIndex
CREATE UNIQUE INDEX "scope_server_id_name_key" ON "scope"("server_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "scope_id_server_id_key" ON "scope"("id", "server_id");

-- CreateIndex
CREATE UNIQUE INDEX "tool_server_id_name_key" ON "tool"("server_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "tool_id_server_id_key" ON "tool"("id", "server_id");

-- CreateIndex
CREATE INDEX "tool_scope_scope_id_server_id_idx" ON "tool_scope"("scope_id", "server_id");

-- CreateIndex
CREATE UNIQUE INDEX "server_key_hash_key" ON "server_key"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "server_key_predecessor_id_key" ON "server_key"("predecessor_id");

-- CreateIndex
CREATE INDEX "server_key_server_id_idx" ON "server_key"("server_id");

-- CreateIndex
CREATE INDEX "role_scope_server_id_idx" ON "role_scope"("server_id");

-- CreateIndex
CREATE INDEX "person_role_role_id_idx" ON "person_role"("role_id");

-- CreateIndex
CREATE INDEX "agent_role_role_id_idx" ON "agent_role"("role_id");

-- CreateIndex
CREATE UNIQUE INDEX "token_hash_key" ON "token"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "token_predecessor_id_key" ON "token"("predecessor_id");

-- CreateIndex
CREATE INDEX "token_person_id_idx" ON "token"("person_id");

-- CreateIndex
CREATE INDEX "token_agent_id_idx" ON "token"("agent_id");

-- CreateIndex
CREATE INDEX "token_role_id_idx" ON "token"("role_id");

-- CreateIndex
CREATE INDEX "token_created_at_id_idx" ON "token"("created_at" DESC, "id");

-- CreateIndex
CREATE INDEX "token_expires_at_idx" ON "token"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "token_family_id_generation_key" ON "token"("family_id", "generation");

-- CreateIndex
CREATE INDEX "token_server_server_id_idx" ON "token_server"("server_id");

-- CreateIndex
CREATE INDEX "token_scope_scope_id_server_id_idx" ON "token_scope"("scope_id", "server_id");

-- CreateIndex
CREATE INDEX "token_activity_last_used_at_idx" ON "token_activity"("last_used_at");

-- CreateIndex
CREATE INDEX "session_person_id_created_at_idx" ON "session"("person_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "one_time_link_hash_key" ON "one_time_link"("hash");

-- CreateIndex
CREATE INDEX "one_time_link_person_id_idx" ON "one_time_link"("person_id");

-- CreateIndex
CREATE INDEX "sign_in_throttle_window_ends_at_idx" ON "sign_in_throttle"("window_ends_at");

-- CreateIndex
CREATE INDEX "idempotency_record_expires_at_idx" ON "idempotency_record"("expires_at");

-- CreateIndex
CREATE INDEX "change_subject_kind_subject_id_idx" ON "change"("subject_kind", "subject_id");

-- CreateIndex
CREATE UNIQUE INDEX "audit_entry_id_key" ON "audit_entry"("id");

-- CreateIndex
CREATE INDEX "audit_entry_occurred_at_idx" ON "audit_entry"("occurred_at");

-- CreateIndex
CREATE INDEX "audit_entry_action_idx_idx" ON "audit_entry"("action", "idx");

-- CreateIndex
CREATE INDEX "audit_entry_outcome_idx_idx" ON "audit_entry"("outcome", "idx");

-- CreateIndex
CREATE INDEX "audit_entry_actor_id_idx_idx" ON "audit_entry"("actor_id", "idx");

-- CreateIndex
CREATE INDEX "audit_entry_person_id_idx_idx" ON "audit_entry"("person_id", "idx");

-- CreateIndex
CREATE INDEX "audit_entry_agent_id_idx_idx" ON "audit_entry"("agent_id", "idx");

-- CreateIndex
CREATE INDEX "audit_entry_server_id_idx_idx" ON "audit_entry"("server_id", "idx");

-- CreateIndex
CREATE INDEX "audit_entry_token_id_idx_idx" ON "audit_entry"("token_id", "idx");

-- CreateIndex
CREATE INDEX "audit_entry_target_id_idx_idx" ON "audit_entry"("target_id", "idx");

-- CreateIndex
CREATE INDEX "audit_entry_request_id_idx" ON "audit_entry"("request_id");

-- AddForeignKey
ALTER TABLE "person_identity" ADD CONSTRAINT "person_identity_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent" ADD CONSTRAINT "agent_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "scope" ADD CONSTRAINT "scope_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "mcp_server"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tool" ADD CONSTRAINT "tool_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "mcp_server"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tool_scope" ADD CONSTRAINT "tool_scope_tool_id_server_id_fkey" FOREIGN KEY ("tool_id", "server_id") REFERENCES "tool"("id", "server_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tool_scope" ADD CONSTRAINT "tool_scope_scope_id_server_id_fkey" FOREIGN KEY ("scope_id", "server_id") REFERENCES "scope"("id", "server_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "server_key" ADD CONSTRAINT "server_key_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "mcp_server"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "server_key" ADD CONSTRAINT "server_key_predecessor_id_fkey" FOREIGN KEY ("predecessor_id") REFERENCES "server_key"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "role_scope" ADD CONSTRAINT "role_scope_role_id_fkey" FOREIGN KEY ("role_id") REFERENCES "role"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "role_scope" ADD CONSTRAINT "role_scope_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "mcp_server"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "person_role" ADD CONSTRAINT "person_role_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "person_role" ADD CONSTRAINT "person_role_role_id_fkey" FOREIGN KEY ("role_id") REFERENCES "role"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_role" ADD CONSTRAINT "agent_role_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_role" ADD CONSTRAINT "agent_role_role_id_fkey" FOREIGN KEY ("role_id") REFERENCES "role"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "token" ADD CONSTRAINT "token_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "token" ADD CONSTRAINT "token_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "token" ADD CONSTRAINT "token_role_id_fkey" FOREIGN KEY ("role_id") REFERENCES "role"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "token" ADD CONSTRAINT "token_predecessor_id_fkey" FOREIGN KEY ("predecessor_id") REFERENCES "token"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "token_server" ADD CONSTRAINT "token_server_token_id_fkey" FOREIGN KEY ("token_id") REFERENCES "token"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "token_server" ADD CONSTRAINT "token_server_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "mcp_server"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "token_scope" ADD CONSTRAINT "token_scope_token_id_fkey" FOREIGN KEY ("token_id") REFERENCES "token"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "token_scope" ADD CONSTRAINT "token_scope_token_id_server_id_fkey" FOREIGN KEY ("token_id", "server_id") REFERENCES "token_server"("token_id", "server_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "token_scope" ADD CONSTRAINT "token_scope_scope_id_server_id_fkey" FOREIGN KEY ("scope_id", "server_id") REFERENCES "scope"("id", "server_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "token_activity" ADD CONSTRAINT "token_activity_token_id_fkey" FOREIGN KEY ("token_id") REFERENCES "token"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "one_time_link" ADD CONSTRAINT "one_time_link_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


