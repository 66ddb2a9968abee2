import { closeDb } from "@/lib/db";
import { makeHolder, makeRole, makeServer } from "@/lib/testing/make";
import { makeKey, makeToken } from "@/lib/testing/make-credentials";
import type { Caller } from "./load";
import { SECRET } from "./gatehouse";

/** Registers a server with a key, and a person with a token for it, in the database of a running instance. */
export async function makeCaller(databaseUrl: string): Promise<Caller> {
  process.env.DATABASE_URL = databaseUrl;
  try {
    const server = await makeServer();
    const role = await makeRole([server.id], ["tickets:read"]);
    const person = await makeHolder(role.id);
    const key = await makeKey(server.id);
    const token = await makeToken({ personId: person.id, roleId: role.id, serverIds: [server.id], kind: "ro" });
    return { key: key.secret, token: token.secret, tool: "list_tickets" };
  } finally {
    await closeDb();
  }
}

process.env.GATEHOUSE_SECRET = SECRET;
