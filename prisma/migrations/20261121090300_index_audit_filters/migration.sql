-- Filters of the audit log that had no index. Partial where most entries hold nothing worth finding.
CREATE INDEX "audit_entry_reason_idx" ON "audit_entry" ("reason", "idx") WHERE "reason" <> 'ok';
CREATE INDEX "audit_entry_tool_idx" ON "audit_entry" ("tool", "idx") WHERE "tool" IS NOT NULL;
-- For the beginning of an address (LIKE '10.%') as well as for a whole one.
CREATE INDEX "audit_entry_ip_idx" ON "audit_entry" ("ip" text_pattern_ops, "idx") WHERE "ip" IS NOT NULL;
-- The histogram reads this one alone.
CREATE INDEX "audit_entry_occurred_at_outcome_idx" ON "audit_entry" ("occurred_at", "outcome");
DROP INDEX "audit_entry_occurred_at_idx";

-- A text as an address, or NULL: what a caller called its client's address may be none. (A subtransaction
-- catches the error, and those cannot be started in parallel.)
CREATE FUNCTION "audit_inet"(value text) RETURNS inet LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL UNSAFE AS $$
BEGIN
  RETURN value::inet;
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END $$;
