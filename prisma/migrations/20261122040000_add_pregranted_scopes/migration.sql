-- Scopes that an admin adds to whatever a client asks of a server, and which of a grant's scopes came about that way.
ALTER TABLE "oauth_grant_scope" ADD COLUMN     "pregranted" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "pregranted_scope" (
    "agent_id" TEXT NOT NULL,
    "scope_id" TEXT NOT NULL,
    "server_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,

    CONSTRAINT "pregranted_scope_pkey" PRIMARY KEY ("agent_id","scope_id")
);

-- CreateIndex
CREATE INDEX "pregranted_scope_scope_id_server_id_idx" ON "pregranted_scope"("scope_id", "server_id");

-- AddForeignKey
ALTER TABLE "pregranted_scope" ADD CONSTRAINT "pregranted_scope_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "oauth_client"("agent_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pregranted_scope" ADD CONSTRAINT "pregranted_scope_scope_id_server_id_fkey" FOREIGN KEY ("scope_id", "server_id") REFERENCES "scope"("id", "server_id") ON DELETE CASCADE ON UPDATE CASCADE;
