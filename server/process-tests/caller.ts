import { vi } from "vitest";
import type { Caller } from "./load";
import { SECRET } from "./gatehouse";

/** Registers a server with a key, and a person with a token for it, in the database of a running instance. */
export async function makeCaller(databaseUrl: string): Promise<Caller> {
  process.env.DATABASE_URL = databaseUrl;
  process.env.GATEHOUSE_SECRET = SECRET;
  // The pool gives a connection less than a second, which right after a start a busy machine may not keep.
  for (let attempt = 1; ; attempt++) {
    try {
      return await insertCaller();
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
}

async function insertCaller(): Promise<Caller> {
  vi.resetModules(); // the environment is read once: another database needs the modules anew
  const { closeDb } = await import("@/lib/db");
  const { makeHolder, makeRole, makeServer } = await import("@/lib/testing/make");
  const { makeKey, makeToken } = await import("@/lib/testing/make-credentials");
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
