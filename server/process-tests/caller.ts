import { randomUUID } from "node:crypto";
import { vi } from "vitest";
import { Holder } from "@/server/authority/oauth/testing/holder";
import type { Caller } from "./load";
import { SECRET } from "./gatehouse";

type TokenTerms = { rateLimit?: { limit: number; windowSeconds: number } };

/** A caller of validate, with the id of its token. */
export type MadeCaller = Caller & { tokenId: string };

/** Registers a server with a key, and a person with a token for it, in the database of a running instance. */
export function makeCaller(databaseUrl: string, terms: TokenTerms = {}): Promise<MadeCaller> {
  return insertInto(databaseUrl, () => insertCaller(terms));
}

async function insertInto<T>(databaseUrl: string, insert: () => Promise<T>): Promise<T> {
  process.env.DATABASE_URL = databaseUrl;
  process.env.GATEHOUSE_SECRET = SECRET;
  // The pool gives a connection less than a second, which right after a start a busy machine may not keep.
  for (let attempt = 1; ; attempt++) {
    try {
      return await insert();
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

/** Registers a server with a key, and a machine, which gets a token that is bound to the holder's key at the instance `base`. */
export async function makeBoundCaller(
  databaseUrl: string,
  base: string,
): Promise<{ key: string; token: string; holder: Holder }> {
  const { key, form } = await insertInto(databaseUrl, insertMachine);
  const holder = await Holder.make();
  const address = `${base}/oauth/token`;
  const answer = await fetch(address, {
    method: "POST",
    headers: { dpop: await holder.prove({ method: "POST", url: address }) },
    body: new URLSearchParams({ grant_type: "client_credentials", ...form }),
  });
  const { access_token: token } = (await answer.json()) as { access_token?: string };
  if (!token) throw new Error(`no token: ${answer.status}`);
  return { key, token, holder };
}

async function insertMachine() {
  vi.resetModules();
  const { closeDb, db } = await import("@/lib/db");
  const { makeRole, makeServer } = await import("@/lib/testing/make");
  const { makeKey } = await import("@/lib/testing/make-credentials");
  const { makeClient } = await import("@/server/authority/oauth/testing/client");
  try {
    const unique = randomUUID();
    const server = await makeServer({ slug: `tickets-${unique}`, name: `Tickets ${unique}` });
    // A JWT says who issued it, and the instances of these tests have an address each.
    await db().mcpServer.update({ where: { id: server.id }, data: { accessTokenFormat: "opaque" } });
    const role = await makeRole([server.id], ["tickets:read"], { name: `Readers ${unique}` });
    const client = await makeClient({ kind: "machine", authMethod: "client_secret_post", name: `Machine ${unique}` });
    await db().agentRole.create({ data: { agentId: client.agentId, roleId: role.id, assignedBy: "system:test" } });
    const { secret: key } = await makeKey(server.id);
    const form = { client_id: client.clientId, client_secret: client.secret ?? "", resource: server.resource };
    return { key, form };
  } finally {
    await closeDb();
  }
}
