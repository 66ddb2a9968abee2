-- How much the log keeps of a server's calls: with their arguments or without. Whether an entry is written is no question.
CREATE TYPE "AuditLevel" AS ENUM ('full', 'metadata');
ALTER TABLE "mcp_server" ADD COLUMN "audit_level" "AuditLevel" NOT NULL DEFAULT 'full';

-- Validators record by it: they hear also of a change that lets them keep more.
DROP TRIGGER "mcp_server_note_change" ON "mcp_server";
CREATE CONSTRAINT TRIGGER "mcp_server_note_change" AFTER UPDATE OF "name", "slug", "resource", "status", "require_dpop", "audit_level" OR DELETE ON "mcp_server"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_change"('server', 'id');
