-- What ties entries together beyond their request: the caller's trace, and the session that a person used. Few entries of the
-- many decisions have either, so their indexes hold nothing of the others.
ALTER TABLE "audit_entry" ADD COLUMN "trace_id" TEXT, ADD COLUMN "session_id" TEXT;
CREATE INDEX "audit_entry_trace_id_idx" ON "audit_entry" ("trace_id") WHERE "trace_id" IS NOT NULL;
CREATE INDEX "audit_entry_session_id_idx" ON "audit_entry" ("session_id", "idx") WHERE "session_id" IS NOT NULL;
ALTER TYPE "audit_entry_row" ADD ATTRIBUTE "trace_id" TEXT, ADD ATTRIBUTE "session_id" TEXT;
