-- Nearly all entries are allowed validations, and each paid for some ten B-trees: three quarters of what its insert cost.
--
-- Whom and what an entry concerns stands in one GIN index: it gathers new entries in a short list and sorts them in
-- together, so that eight columns cost less than one B-tree did. `lib/audit/refs.ts` has the same expression.
CREATE INDEX "audit_entry_refs_idx" ON "audit_entry" USING gin ((
  ARRAY["actor_id", "person_id", "agent_id", "server_id", "token_id", "target_id", 'tool:' || "tool"] || "server_ids"
)) WITH (fastupdate = on, gin_pending_list_limit = 1024);
DROP INDEX "audit_entry_person_id_idx_idx";
DROP INDEX "audit_entry_agent_id_idx_idx";
DROP INDEX "audit_entry_server_id_idx_idx";
DROP INDEX "audit_entry_server_ids_idx";
DROP INDEX "audit_entry_token_id_idx_idx";
DROP INDEX "audit_entry_target_id_idx_idx";
DROP INDEX "audit_entry_tool_idx";

-- What most entries hold is found by walking back through the log; an index is for the others.
CREATE INDEX "audit_entry_action_idx" ON "audit_entry" ("action", "idx") WHERE "action" <> 'token.validate';
DROP INDEX "audit_entry_action_idx_idx";
CREATE INDEX "audit_entry_outcome_idx" ON "audit_entry" ("outcome", "idx") WHERE "outcome" <> 'allow';
DROP INDEX "audit_entry_outcome_idx_idx";
-- The actor of a validation is the server that asks, and stands as that in the index above.
CREATE INDEX "audit_entry_actor_id_idx" ON "audit_entry" ("actor_id", "idx") WHERE "actor_id" IS DISTINCT FROM "server_id";
DROP INDEX "audit_entry_actor_id_idx_idx";
