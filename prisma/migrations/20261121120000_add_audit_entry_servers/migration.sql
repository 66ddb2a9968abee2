-- A fact may concern several servers (a token minted for two): each of them finds it. NULL for all other entries, so that
-- the index holds nothing of the many decisions and costs them nothing.
ALTER TABLE "audit_entry" ADD COLUMN "server_ids" TEXT[];
CREATE INDEX "audit_entry_server_ids_idx" ON "audit_entry" USING gin ("server_ids") WHERE "server_ids" IS NOT NULL;
