-- Validators decide by it: they hear also of a change that only gives.
DROP TRIGGER "mcp_server_note_change" ON "mcp_server";
CREATE CONSTRAINT TRIGGER "mcp_server_note_change" AFTER UPDATE OF "name", "slug", "resource", "status", "require_dpop" OR DELETE ON "mcp_server"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_change"('server', 'id');
