-- Whether a client is let in is asked of its approvals: a mark of its own outlived them.
DROP TRIGGER "oauth_client_note_change" ON "oauth_client";
CREATE CONSTRAINT TRIGGER "oauth_client_note_change" AFTER UPDATE OF "idle_timeout_seconds" OR DELETE ON "oauth_client"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_change"('agent', 'agent_id');
ALTER TABLE "oauth_client" DROP COLUMN "approved_at",
DROP COLUMN "approved_by";
