import { randomUUID } from "node:crypto";
import { vi } from "vitest";
import type { Caller } from "./load";
import { SECRET } from "./gatehouse";

type TokenTerms = { rateLimit?: { limit: number; windowSeconds: number } };

/** A caller of validate, with the id of its token. */
export type MadeCaller = Caller & { tokenId: string };

/** Registers a server with a key, and a person with a token for it, in the database of a running instance. */
export async function makeCaller(databaseUrl: string, terms: TokenTerms = {}): Promise<MadeCaller> {
  process.env.DATABASE_URL = databaseUrl;
  process.env.GATEHOUSE_SECRET = SECRET;
  // The pool gives a connection less than a second, which right after a start a busy machine may not keep.
  for (let attempt = 1; ; attempt++) {
    try {
      return await insertCaller(terms);
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
}

async function insertCaller(terms: TokenTerms): Promise<MadeCaller> {
  vi.resetModules(); // the environment is read once: another database needs the modules anew
  const { closeDb } = await import("@/lib/db");
  const { makeHolder, makeRole, makeServer } = await import("@/lib/testing/make");
  const { makeKey, makeToken } = await import("@/lib/testing/make-credentials");
  try {
    const unique = randomUUID(); // the counter behind the default names begins anew with the modules
    const server = await makeServer({ slug: `tickets-${unique}`, name: `Tickets ${unique}` });
    const role = await makeRole([server.id], ["tickets:read"], { name: `Readers ${unique}` });
    const person = await makeHolder(role.id, { email: `${unique}@example.com` });
    const key = await makeKey(server.id);
    const holder = { personId: person.id, roleId: role.id, serverIds: [server.id] };
    const token = await makeToken({ ...holder, kind: "ro", ...terms });
    return { key: key.secret, token: token.secret, tokenId: token.id, tool: "list_tickets" };
  } finally {
    await closeDb();
  }
}
