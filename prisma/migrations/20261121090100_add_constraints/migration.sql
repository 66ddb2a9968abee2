-- What Prisma's schema language cannot say. Each constraint is named, so that `lib/db-errors.ts` can map the ones a
-- person may run into to a stable code; all others are bugs and answer `internal`.

-- People --------------------------------------------------------------------------------------------------------------
ALTER TABLE "person"
  ADD CONSTRAINT "person_email_normalised" CHECK ("email" = lower("email") AND "email" ~ '^[^\s@]+@[^\s@]+$' AND length("email") <= 254),
  ADD CONSTRAINT "person_name_length" CHECK (length("name") BETWEEN 1 AND 200),
  ADD CONSTRAINT "person_suspension_dated" CHECK (("status" = 'suspended') = ("suspended_at" IS NOT NULL)),
  ADD CONSTRAINT "person_password_is_argon2id" CHECK ("password_hash" IS NULL OR "password_hash" LIKE '$argon2id$%');

-- Once there is an active owner there always is one. Deferred, so that ownership may be handed over in one transaction;
-- the advisory lock makes two owners who leave at the same moment take turns.
CREATE FUNCTION "person_keep_an_owner"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7270736901);
  IF NOT EXISTS (SELECT 1 FROM "person" WHERE "console_role" = 'owner' AND "status" = 'active') THEN
    RAISE EXCEPTION 'an instance keeps at least one active owner'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'person_last_owner', TABLE = 'person';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "person_last_owner_updated" AFTER UPDATE ON "person" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD."console_role" = 'owner' AND OLD."status" = 'active'
    AND (NEW."console_role" <> 'owner' OR NEW."status" <> 'active')) EXECUTE FUNCTION "person_keep_an_owner"();
CREATE CONSTRAINT TRIGGER "person_last_owner_deleted" AFTER DELETE ON "person" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD."console_role" = 'owner' AND OLD."status" = 'active') EXECUTE FUNCTION "person_keep_an_owner"();

-- Agents --------------------------------------------------------------------------------------------------------------
ALTER TABLE "agent"
  ADD CONSTRAINT "agent_name_length" CHECK (length("name") BETWEEN 1 AND 200),
  ADD CONSTRAINT "agent_owned" CHECK ("owner_id" IS NOT NULL OR "builtin"),
  ADD CONSTRAINT "agent_suspension_dated" CHECK (("status" = 'suspended') = ("suspended_at" IS NOT NULL));
CREATE UNIQUE INDEX "agent_name_key" ON "agent" (lower("name"));

-- Servers, scopes, tools ----------------------------------------------------------------------------------------------
ALTER TABLE "mcp_server"
  ADD CONSTRAINT "mcp_server_slug_format" CHECK ("slug" ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  ADD CONSTRAINT "mcp_server_name_length" CHECK (length("name") BETWEEN 1 AND 200),
  ADD CONSTRAINT "mcp_server_resource_is_uri" CHECK ("resource" ~ '^[a-z][a-z0-9+.-]*:[^\s#]+$' AND length("resource") <= 2000),
  ADD CONSTRAINT "mcp_server_disabling_dated" CHECK (("status" = 'disabled') = ("disabled_at" IS NOT NULL)),
  ADD CONSTRAINT "mcp_server_builtin_stays_active" CHECK (NOT "builtin" OR "status" = 'active'),
  ADD CONSTRAINT "mcp_server_lifetime_positive" CHECK ("max_token_lifetime_seconds" IS NULL OR "max_token_lifetime_seconds" > 0);
CREATE UNIQUE INDEX "mcp_server_name_key" ON "mcp_server" (lower("name"));
CREATE UNIQUE INDEX "mcp_server_one_builtin" ON "mcp_server" ("builtin") WHERE "builtin";

ALTER TABLE "scope"
  ADD CONSTRAINT "scope_name_format" CHECK ("name" ~ '^[A-Za-z0-9][A-Za-z0-9._-]*(:[A-Za-z0-9._-]+)*$' AND length("name") <= 128);
ALTER TABLE "tool"
  ADD CONSTRAINT "tool_name_length" CHECK (length("name") BETWEEN 1 AND 256),
  ADD CONSTRAINT "tool_pending_only_when_changed" CHECK (("drift" = 'changed') = ("pending" IS NOT NULL));

-- Keys ----------------------------------------------------------------------------------------------------------------
ALTER TABLE "server_key"
  ADD CONSTRAINT "server_key_name_length" CHECK (length("name") BETWEEN 1 AND 200),
  ADD CONSTRAINT "server_key_hash_length" CHECK (octet_length("hash") = 32),
  ADD CONSTRAINT "server_key_last_four_length" CHECK (length("last_four") = 4),
  ADD CONSTRAINT "server_key_expires_later" CHECK ("expires_at" IS NULL OR "expires_at" > "created_at"),
  ADD CONSTRAINT "server_key_not_its_own_predecessor" CHECK ("predecessor_id" <> "id");

-- Roles ---------------------------------------------------------------------------------------------------------------
ALTER TABLE "role"
  ADD CONSTRAINT "role_name_length" CHECK (length("name") BETWEEN 1 AND 200),
  ADD CONSTRAINT "role_builtin_stays" CHECK (NOT "builtin" OR "archived_at" IS NULL);
-- An archived role frees its name.
CREATE UNIQUE INDEX "role_name_key" ON "role" (lower("name")) WHERE "archived_at" IS NULL;
ALTER TABLE "role_scope"
  ADD CONSTRAINT "role_scope_pattern_format" CHECK ("pattern" ~ '^(\*|[A-Za-z0-9][A-Za-z0-9._-]*(:[A-Za-z0-9._-]+)*(:\*)?)$' AND length("pattern") <= 128);

-- Tokens --------------------------------------------------------------------------------------------------------------
ALTER TABLE "token"
  ADD CONSTRAINT "token_name_length" CHECK (length("name") BETWEEN 1 AND 200),
  ADD CONSTRAINT "token_held_by_somebody" CHECK ("person_id" IS NOT NULL OR "agent_id" IS NOT NULL),
  ADD CONSTRAINT "token_hash_length" CHECK (octet_length("hash") = 32),
  ADD CONSTRAINT "token_last_four_length" CHECK (length("last_four") = 4),
  ADD CONSTRAINT "token_expires_later" CHECK ("expires_at" > "created_at"),
  ADD CONSTRAINT "token_starts_before_it_ends" CHECK ("not_before" IS NULL OR "not_before" < "expires_at"),
  ADD CONSTRAINT "token_cidrs_valid" CHECK ("allowed_cidrs"::cidr[] IS NOT NULL),
  ADD CONSTRAINT "token_rate_limit_whole" CHECK (("rate_limit" IS NULL) = ("rate_window_seconds" IS NULL)
    AND ("rate_limit" IS NULL OR ("rate_limit" BETWEEN 1 AND 1000000 AND "rate_window_seconds" BETWEEN 1 AND 86400))),
  ADD CONSTRAINT "token_generation_positive" CHECK ("generation" >= 1 AND ("generation" = 1) = ("predecessor_id" IS NULL)),
  ADD CONSTRAINT "token_revocation_attributed" CHECK (("revoked_at" IS NULL) = ("revoked_by" IS NULL));
CREATE INDEX "token_live_by_expiry" ON "token" ("expires_at") WHERE "revoked_at" IS NULL;

-- A token's identity never changes, and what was revoked stays revoked.
CREATE FUNCTION "token_refuse_rewriting"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW."id", NEW."hash", NEW."kind", NEW."role_id", NEW."family_id", NEW."generation", NEW."created_at", NEW."expires_at")
       IS DISTINCT FROM (OLD."id", OLD."hash", OLD."kind", OLD."role_id", OLD."family_id", OLD."generation", OLD."created_at", OLD."expires_at")
     OR NEW."person_id" IS DISTINCT FROM OLD."person_id" OR NEW."agent_id" IS DISTINCT FROM OLD."agent_id"
     OR NEW."predecessor_id" IS DISTINCT FROM OLD."predecessor_id" OR (OLD."narrowed" AND NOT NEW."narrowed") THEN
    RAISE EXCEPTION 'a token keeps its identity' USING ERRCODE = 'check_violation', CONSTRAINT = 'token_identity_fixed', TABLE = 'token';
  END IF;
  IF OLD."revoked_at" IS NOT NULL AND NEW."revoked_at" IS DISTINCT FROM OLD."revoked_at" THEN
    RAISE EXCEPTION 'a revoked token stays revoked' USING ERRCODE = 'check_violation', CONSTRAINT = 'token_revocation_final', TABLE = 'token';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "token_refuse_rewriting" BEFORE UPDATE ON "token" FOR EACH ROW EXECUTE FUNCTION "token_refuse_rewriting"();

CREATE FUNCTION "server_key_refuse_rewriting"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW."id", NEW."hash", NEW."server_id") IS DISTINCT FROM (OLD."id", OLD."hash", OLD."server_id") THEN
    RAISE EXCEPTION 'a server key keeps its identity' USING ERRCODE = 'check_violation', CONSTRAINT = 'server_key_identity_fixed', TABLE = 'server_key';
  END IF;
  IF OLD."revoked_at" IS NOT NULL AND NEW."revoked_at" IS DISTINCT FROM OLD."revoked_at" THEN
    RAISE EXCEPTION 'a revoked key stays revoked' USING ERRCODE = 'check_violation', CONSTRAINT = 'server_key_revocation_final', TABLE = 'server_key';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "server_key_refuse_rewriting" BEFORE UPDATE ON "server_key" FOR EACH ROW EXECUTE FUNCTION "server_key_refuse_rewriting"();

-- A token that follows its role carries no scopes of its own.
CREATE FUNCTION "token_scope_needs_narrowed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM "token" WHERE "id" = NEW."token_id" AND "narrowed") THEN
    RAISE EXCEPTION 'only a narrowed token carries scopes' USING ERRCODE = 'check_violation', CONSTRAINT = 'token_scope_needs_narrowed', TABLE = 'token_scope';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "token_scope_needs_narrowed" BEFORE INSERT OR UPDATE ON "token_scope" FOR EACH ROW EXECUTE FUNCTION "token_scope_needs_narrowed"();

-- Sessions, links -----------------------------------------------------------------------------------------------------
ALTER TABLE "session" ADD CONSTRAINT "session_ends" CHECK ("expires_at" > "created_at");
ALTER TABLE "one_time_link"
  ADD CONSTRAINT "one_time_link_hash_length" CHECK (octet_length("hash") = 32),
  ADD CONSTRAINT "one_time_link_for_somebody" CHECK (("purpose" = 'first_run') = ("person_id" IS NULL));
-- One open link of a kind for a person; one open first-run link.
CREATE UNIQUE INDEX "one_time_link_one_open" ON "one_time_link" ("purpose", coalesce("person_id", '')) WHERE "used_at" IS NULL;

-- One-row tables ------------------------------------------------------------------------------------------------------
ALTER TABLE "instance" ADD CONSTRAINT "instance_single" CHECK ("id" = 1),
  ADD CONSTRAINT "instance_lifetimes_sane" CHECK ("max_token_lifetime_seconds" > 0 AND "default_token_lifetime_seconds" BETWEEN 1 AND "max_token_lifetime_seconds"
    AND "session_idle_seconds" > 0 AND "session_absolute_seconds" >= "session_idle_seconds");
ALTER TABLE "change_head" ADD CONSTRAINT "change_head_single" CHECK ("id" = 1);
ALTER TABLE "audit_head" ADD CONSTRAINT "audit_head_single" CHECK ("id" = 1);

-- Audit: append-only --------------------------------------------------------------------------------------------------
ALTER TABLE "audit_entry"
  ADD CONSTRAINT "audit_entry_leaf_length" CHECK (octet_length("leaf") = 32),
  ADD CONSTRAINT "audit_entry_outcome" CHECK ("outcome" IN ('allow', 'deny', 'success', 'failure', 'denied'));
CREATE FUNCTION "refuse_rewriting"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER "audit_entry_append_only" BEFORE UPDATE OR DELETE ON "audit_entry" FOR EACH ROW EXECUTE FUNCTION "refuse_rewriting"();
CREATE TRIGGER "audit_entry_no_truncate" BEFORE TRUNCATE ON "audit_entry" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_rewriting"();
CREATE FUNCTION "head_only_grows"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."next" < OLD."next" THEN
    RAISE EXCEPTION 'the audit head only grows' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "audit_head_only_grows" BEFORE UPDATE ON "audit_head" FOR EACH ROW EXECUTE FUNCTION "head_only_grows"();
CREATE TRIGGER "audit_head_stays" BEFORE DELETE ON "audit_head" FOR EACH ROW EXECUTE FUNCTION "refuse_rewriting"();
