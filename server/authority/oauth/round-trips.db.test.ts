import { expect, it } from "vitest";
import { db, pool } from "@/lib/db";
import { useTestDatabase } from "@/lib/testing/database";
import { makeRole } from "@/lib/testing/make";
import { countQueries } from "@/lib/testing/queries";
import { askToken, makeClient, type TokenAnswer } from "./testing/client";
import { useCompany } from "./testing/company";
import { basicOf } from "./testing/connection";
import { useListener } from "./testing/listener";

useTestDatabase();
const { reach, issuer } = useListener();
const { company, connected, refreshing } = useCompany(reach, issuer);

/** Statements of the second of two: with the first, things are read that are kept. */
async function countSecond(ask: () => Promise<TokenAnswer>): Promise<number> {
  expect((await ask()).status).toBe(200);
  return countQueries(async () => expect((await ask()).status).toBe(200));
}

it("issues a machine its token with 9 statements: 2 that find client and server, and a transaction", async () => {
  const machine = await makeClient({ kind: "machine", authMethod: "client_secret_basic" });
  const role = await makeRole([company().server.id], ["tickets:read"]);
  await db().agentRole.create({ data: { agentId: machine.agentId, roleId: role.id, assignedBy: "test" } });
  const form = { grant_type: "client_credentials", scope: "tickets:read", resource: company().server.resource };
  expect(await countSecond(() => askToken(reach, form, basicOf(machine)))).toBe(9);
});

it("refreshes a token with 12 statements: 3 that find client, token and server, and a transaction", async () => {
  const client = await makeClient();
  let { body } = await connected(client);
  const refresh = async () => {
    const answer = await refreshing(client, body.refresh_token ?? "");
    ({ body } = answer);
    return answer;
  };
  expect(await countSecond(refresh)).toBe(12);
});

/** How often each statement of the connection was planned for its very values. */
async function plansMade(): Promise<Map<string, number>> {
  const { rows } = await pool().query<{ name: string; count: number }>(
    "SELECT name, custom_plans::int AS count FROM pg_prepared_statements",
  );
  return new Map(rows.map(({ name, count }) => [name, count]));
}

it("has its statements planned once for each connection, not anew for each token", async () => {
  const client = await makeClient();
  let { body } = await connected(client);
  const refresh = async (times: number) => {
    for (let nth = 0; nth < times; nth++) ({ body } = await refreshing(client, body.refresh_token ?? ""));
  };
  // PostgreSQL makes some for their very values before it compares them with one for all, and again when autovacuum has looked.
  await refresh(20);
  const before = await plansMade();
  const TIMES = 12;
  await refresh(TIMES);
  const anew = [...(await plansMade())].filter(([name, count]) => count - (before.get(name) ?? 0) >= TIMES);
  expect(anew).toEqual([]);
});
