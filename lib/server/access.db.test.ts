import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makeAgent, makeHolder, makePerson, makeRole, makeServer } from "@/lib/testing/make";
import { mintToken } from "@/lib/token/mint";
import { mintTokenSchema } from "@/lib/token/schema";
import { listServerRoles, pageServerHolders } from "./access";
import { pageHoldersSchema, serverHolderSchema, serverRoleSchema } from "./access-schema";

useTestDatabase();

const holders = (serverId: string, more: object = {}) =>
  pageServerHolders(systemCtx(), { serverId, ...pageHoldersSchema.parse(more) });

/** A server; one role reads it, one writes it, one names it for nothing, one is archived, one is another server's. */
async function world() {
  const [server, other] = [await makeServer(), await makeServer()];
  const reader = await makeRole([server.id, other.id], ["tickets:read"], { name: "B reader" });
  const writer = await makeRole([server.id], ["tickets:*"], { name: "A writer" });
  const empty = await makeRole([server.id], ["refunds:*"], { name: "C empty" });
  const archived = await makeRole([server.id], ["*"]);
  await db().role.update({ where: { id: archived.id }, data: { archivedAt: new Date() } });
  const elsewhere = await makeRole([other.id], ["*"]);
  const zoe = await makeHolder(reader.id, { name: "Zoe Reader", email: `zoe_${server.id}@example.com` });
  await db().personRole.create({ data: { personId: zoe.id, roleId: writer.id, assignedBy: "test" } });
  const adam = await makeHolder(reader.id, { name: "adam", status: "suspended" });
  await makeHolder(archived.id);
  await makeHolder(elsewhere.id);
  const bot = await makeAgent(zoe.id, { name: "Bot" });
  await db().agentRole.create({ data: { agentId: bot.id, roleId: empty.id, assignedBy: "test" } });
  return { server, other, reader, writer, empty, zoe, adam, bot };
}
let made: Awaited<ReturnType<typeof world>>;
const mintFor = (serverIds: string[], more: object = {}) =>
  mintToken(
    systemCtx(),
    mintTokenSchema.parse({ name: "t", personId: made.zoe.id, roleId: made.reader.id, serverIds, ...more }),
  );

describe("who may call a server", () => {
  beforeAll(async () => {
    made = await world();
    await mintFor([made.server.id]);
    await mintFor([made.server.id, made.other.id]);
    await mintFor([made.other.id]);
    const ended = await mintFor([made.server.id]);
    await db().token.update({ where: { id: ended.id }, data: { retiresAt: new Date(Date.now() - 1000) } });
  });

  it("tells each role in use with what it gives there today, the tools that opens, and its live tokens there", async () => {
    const { result, entries } = await observe(() => listServerRoles(systemCtx(), { serverId: made.server.id }));
    expect(result?.map((role) => serverRoleSchema.parse(role))).toMatchObject([
      {
        id: made.writer.id,
        patterns: ["tickets:*"],
        scopes: [
          { name: "tickets:read", access: "read" },
          { name: "tickets:write", access: "write" },
        ],
        openTools: 2,
        counts: { people: 1, agents: 0, liveTokens: 0 },
      },
      {
        id: made.reader.id,
        scopes: [{ name: "tickets:read", access: "read" }],
        openTools: 1,
        counts: { people: 2, agents: 0, liveTokens: 2 },
      },
      { id: made.empty.id, scopes: [], openTools: 0, counts: { people: 0, agents: 1, liveTokens: 0 } },
    ]);
    expect(entries).toEqual([]);
  });

  it("tells each holder once, with all their roles there, their widest access and their live tokens for it", async () => {
    const page = await holders(made.server.id);
    expect(page.total).toBe(3);
    expect(page.items.map((holder) => serverHolderSchema.parse(holder))).toMatchObject([
      { kind: "person", id: made.adam.id, suspended: true, access: "read", liveTokens: 0 },
      { kind: "agent", id: made.bot.id, detail: "machine", suspended: false, access: null, liveTokens: 0 },
      {
        kind: "person",
        id: made.zoe.id,
        roles: [{ name: "A writer" }, { name: "B reader" }],
        access: "write",
        liveTokens: 2,
      },
    ]);
  });

  it("searches names and addresses as they are written, filters by role, and pages with the exact total", async () => {
    expect((await holders(made.server.id, { q: "ZOE_" })).items.map(({ id }) => id)).toEqual([made.zoe.id]);
    expect((await holders(made.server.id, { q: "a%m" })).total).toBe(0);
    const byRole = await holders(made.server.id, { role: made.writer.id });
    expect(byRole.items).toMatchObject([{ id: made.zoe.id, roles: [{ name: "A writer" }, { name: "B reader" }] }]);
    const second = await holders(made.server.id, { page: 2, pageSize: 2 });
    expect([second.total, second.items.map(({ id }) => id)]).toEqual([3, [made.zoe.id]]);
    expect(await holders(made.server.id, { page: 9 })).toMatchObject({ items: [], total: 3 });
  });

  it("answers server_not_found for a server that is not there", async () => {
    await expect(listServerRoles(systemCtx(), { serverId: "srv_none" })).rejects.toMatchObject({
      code: "server_not_found",
    });
    await expect(holders("srv_none")).rejects.toMatchObject({ code: "server_not_found" });
  });

  it.each([
    ["listServerRoles", listServerRoles],
    ["pageServerHolders", pageServerHolders],
  ])("%s refuses a member, also for a server that they may call, and records it", async (_name, read) => {
    const member = personCtx({ ...(await makePerson()), id: made.zoe.id, consoleRole: "member" });
    const { error, entries } = await observe<unknown>(() =>
      read(member, { serverId: made.server.id, ...pageHoldersSchema.parse({}) }),
    );
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "server.read", outcome: "denied", targetId: made.server.id }]);
  });
});

it("pageServerHolders refuses whoever may see servers and roles, but not people", async () => {
  const ctx = systemCtx();
  const permissions = new Set([...ctx.actor.permissions].filter((permission) => permission !== "person.read"));
  const reading = pageServerHolders(
    { ...ctx, actor: { ...ctx.actor, permissions } },
    { serverId: made.server.id, ...pageHoldersSchema.parse({}) },
  );
  await expect(reading).rejects.toMatchObject({ code: "forbidden" });
});
