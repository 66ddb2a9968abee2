import { expect, it } from "vitest";
import { db } from "@/lib/db";
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
