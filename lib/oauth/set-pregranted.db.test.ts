import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { newId } from "@/lib/id";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makeAgent, makePerson, makeServer } from "@/lib/testing/make";
import { setPregranted } from "./set-pregranted";

useTestDatabase();
let server: Awaited<ReturnType<typeof makeServer>>;
beforeAll(async () => {
  server = await makeServer();
});

async function makeClient(kind: "interactive" | "machine" = "interactive"): Promise<string> {
  const { id } = await makeAgent((await makePerson()).id, { kind });
  await db().oauthClient.create({ data: { agentId: id, clientId: id, authMethod: "none" } });
  return id;
}
const set = (agentId: string, scopes: string[], ctx = systemCtx()) =>
  setPregranted(ctx, { agentId, serverId: server.id, scopes });
const narrowed = (subjectId: string) =>
  db().change.count({ where: { narrows: true, subjectKind: "agent", subjectId } });

/** A grant, and which of its scopes were added by an admin. */
async function makeGrant(agentId: string, scopes: Partial<Record<"read" | "write", { pregranted: boolean }>>) {
  const data = {
    ...{ id: newId("grant"), agentId, serverId: server.id, personId: (await makePerson()).id },
    expiresAt: new Date(Date.now() + 3_600_000),
    scopes: {
      create: Object.entries(scopes).map(([access, { pregranted }]) => ({
        ...{ scopeId: server.scopes[access as "read" | "write"].id, pregranted },
      })),
    },
  };
  return (await db().oauthGrant.create({ data })).id;
}
const stateOf = async (id: string) => {
  const { revokedAt, scopes } = await db().oauthGrant.findUniqueOrThrow({
    where: { id },
    select: { revokedAt: true, scopes: { select: { scope: { select: { name: true } } } } },
  });
  return { live: revokedAt === null, scopes: scopes.map(({ scope }) => scope.name).sort() };
};

describe("setPregranted", () => {
  it("says what is added, with before and after on the record, and once; only taking back is announced", async () => {
    const agentId = await makeClient();
    const { result, entries } = await observe(() => set(agentId, ["tickets:write", "tickets:read"]));
    expect(result?.pregranted).toEqual([
      { server: { id: server.id, name: server.name }, scopes: ["tickets:read", "tickets:write"] },
    ]);
    expect(entries).toMatchObject([
      {
        action: "client.update",
        outcome: "success",
        targetId: agentId,
        body: {
          server: { id: server.id },
          changes: [{ field: "pregrantedScopes", before: [], after: ["tickets:read", "tickets:write"] }],
        },
      },
    ]);
    expect((await observe(() => set(agentId, ["tickets:read", "tickets:write"]))).entries).toEqual([]);
    expect(await narrowed(agentId)).toBe(0);
    expect((await set(agentId, ["tickets:read"])).pregranted).toMatchObject([{ scopes: ["tickets:read"] }]);
    expect((await set(agentId, [])).pregranted).toEqual([]);
    expect(await narrowed(agentId)).toBe(2);
  });

  it("takes back at once what came into grants so, and leaves what the agent asked for itself; what is then empty ends", async () => {
    const [agentId, other] = [await makeClient(), await makeClient()];
    for (const each of [agentId, other]) await set(each, ["tickets:write"]);
    const added = { pregranted: true };
    const [both, asked, empty, others] = [
      await makeGrant(agentId, { read: { pregranted: false }, write: added }),
      await makeGrant(agentId, { write: { pregranted: false } }),
      await makeGrant(agentId, { write: added }),
      await makeGrant(other, { write: added }),
    ];
    const { entries } = await observe(() => set(agentId, []));
    expect(await Promise.all([both, asked, empty, others].map(stateOf))).toEqual([
      { live: true, scopes: ["tickets:read"] },
      { live: true, scopes: ["tickets:write"] },
      { live: false, scopes: [] },
      { live: true, scopes: ["tickets:write"] },
    ]);
    expect(entries.map(({ action, targetId }) => [action, targetId])).toEqual([
      ["client.update", agentId],
      ["grant.revoke", empty],
    ]);
  });

  it("refuses what the server does not offer, the admin API, a machine, and what is no client", async () => {
    const agentId = await makeClient();
    const invalid = { code: "validation_failed", fields: [{ path: "scopes" }] };
    await expect(set(agentId, ["none:such"])).rejects.toMatchObject(invalid);
    await expect(set(await makeClient("machine"), ["tickets:read"])).rejects.toMatchObject(invalid);
    await expect(
      setPregranted(systemCtx(), { agentId, serverId: "srv_gatehouse", scopes: ["grants:read"] }),
    ).rejects.toMatchObject({ code: "server_not_found" });
    await expect(set((await makeAgent((await makePerson()).id)).id, [])).rejects.toMatchObject({
      code: "client_not_found",
    });
  });

  it("is for an admin who has lately proved who they are", async () => {
    const agentId = await makeClient();
    const auditor = personCtx(await makePerson({ consoleRole: "auditor" }));
    const { error, entries } = await observe(() => set(agentId, ["tickets:read"], auditor));
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "client.update", outcome: "denied", targetId: agentId }]);
    const admin = await makePerson({ consoleRole: "admin" });
    await expect(
      set(agentId, ["tickets:read"], personCtx(admin, { reauthenticatedAtSeconds: 0 })),
    ).rejects.toMatchObject({ code: "reauthentication_required" });
  });
});
