import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { anonymousCtx, personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson, makeRole, makeServer } from "@/lib/testing/make";
import { createServer } from "./create";
import { getServer, listServers } from "./list";
import { createServerSchema, listServersSchema, serverSchema, updateServerSchema } from "./schema";
import { updateServer } from "./update";

useTestDatabase();

let counter = 0;
const input = (more: object = {}) => {
  const n = ++counter;
  return createServerSchema.parse({ name: `Ledger ${n}`, resource: `https://ledger-${n}.example.com/mcp`, ...more });
};
const narrowings = () => db().change.count({ where: { narrows: true } });
const builtinId = "srv_gatehouse";

describe("createServer", () => {
  it("creates the server with its scopes and tools, and an entry for each in the same transaction", async () => {
    const { result, entries } = await observe(() =>
      createServer(
        systemCtx(),
        input({
          scopes: [
            { name: "ledger:read", access: "read" },
            { name: "ledger:write", access: "write" },
          ],
          tools: [
            { name: "read_ledger", scopes: ["ledger:read"] },
            { name: "book", scopes: ["ledger:read", "ledger:write", "ledger:read"] },
            { name: "closed", scopes: [] },
          ],
        }),
      ),
    );
    expect(serverSchema.parse(result)).toMatchObject({
      status: "active",
      builtin: false,
      counts: { scopes: 2, tools: 3, closedTools: 1, driftedTools: 0, liveKeys: 0, liveTokens: 0, liveConnections: 0 },
    });
    expect(entries.map(({ action, outcome }) => [action, outcome])).toEqual([
      ["server.create", "success"],
      ["scope.create", "success"],
      ["scope.create", "success"],
      ["tool.create", "success"],
      ["tool.create", "success"],
      ["tool.create", "success"],
    ]);
    expect(entries[0]).toMatchObject({ targetId: result?.id, body: { server: { id: result?.id } } });
    const tools = await db().tool.findMany({ where: { serverId: result?.id }, orderBy: { name: "asc" } });
    expect(tools.map(({ name, suggestedAccess }) => [name, suggestedAccess])).toEqual([
      ["book", "write"],
      ["closed", "write"],
      ["read_ledger", "read"],
    ]);
  });

  it("makes a free slug from the name", async () => {
    const slugs: (string | undefined)[] = [];
    for (const name of ["Wide World", "Wide, World", "WIDE-world!"])
      slugs.push((await createServer(systemCtx(), input({ name }))).slug);
    expect(slugs).toEqual(["wide-world", "wide-world-2", "wide-world-3"]);
  });

  it("gives different slugs to two servers whose names make the same one at the same moment", async () => {
    const made = await Promise.all(
      ["Same Moment", "Same  -  Moment"].map((name) => createServer(systemCtx(), input({ name }))),
    );
    expect(made.map(({ slug }) => slug).sort()).toEqual(["same-moment", "same-moment-2"]);
  });

  it.each([
    ["unknown_scope", "tools.0.scopes.1", { tools: [{ name: "t", scopes: ["a:read", "b:read"] }] }],
    ["name_taken", "tools.1.name", { tools: [1, 2].map(() => ({ name: "t", scopes: [] })) }],
    ["name_taken", "scopes.1.name", { scopes: [1, 2].map(() => ({ name: "a:read", access: "read" })) }],
  ])("answers %s for the field %s, and creates nothing", async (code, path, more) => {
    const wanted = input({ scopes: [{ name: "a:read", access: "read" }], ...more });
    const { error, entries } = await observe(() => createServer(systemCtx(), wanted));
    expect(error).toMatchObject({ code, fields: [{ path, code }] });
    expect(entries).toEqual([]);
    expect(await db().mcpServer.count({ where: { name: wanted.name } })).toBe(0);
  });

  it("answers name_taken, slug_taken and resource_taken", async () => {
    const first = await createServer(systemCtx(), input({ slug: "first" }));
    const attempt = (more: object) => createServer(systemCtx(), input(more));
    await expect(attempt({ name: first.name.toUpperCase() })).rejects.toMatchObject({ code: "name_taken" });
    await expect(attempt({ slug: "first" })).rejects.toMatchObject({ code: "slug_taken" });
    await expect(attempt({ resource: `${first.resource}/` })).rejects.toMatchObject({ code: "resource_taken" });
  });

  it("lets exactly one of two creations of the same resource at the same moment through", async () => {
    const resource = "https://race.example.com/mcp";
    const settled = await Promise.allSettled([1, 2].map(() => createServer(systemCtx(), input({ resource }))));
    expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it("takes 200 scopes and 2,000 tools that require several of them", async () => {
    const scopes = Array.from({ length: 200 }, (_, i) => ({ name: `s${i}:read`, access: "read" }));
    const tools = Array.from({ length: 2000 }, (_, i) => ({
      name: `tool ${i}`,
      scopes: scopes.slice(i % 180, (i % 180) + 3).map(({ name }) => name),
    }));
    const { result, entries } = await observe(() => createServer(systemCtx(), input({ scopes, tools })));
    expect(result?.counts).toMatchObject({ scopes: 200, tools: 2000, closedTools: 0 });
    expect(entries).toHaveLength(2201);
  });

  it("refuses an auditor and nobody in particular, and records both", async () => {
    const auditor = personCtx({ ...(await makePerson({ consoleRole: "auditor" })), consoleRole: "auditor" });
    for (const [ctx, code] of [
      [auditor, "forbidden"],
      [anonymousCtx(), "unauthenticated"],
    ] as const) {
      const { error, entries } = await observe(() => createServer(ctx, input()));
      expect(error).toMatchObject({ code });
      expect(entries).toMatchObject([{ action: "server.create", outcome: "denied", reason: code }]);
    }
  });
});

describe("updateServer", () => {
  it("disables with an entry that holds before and after and numbers the narrowing; enabling narrows nothing", async () => {
    const server = await makeServer();
    const before = await narrowings();
    const disabled = await observe(() => updateServer(systemCtx(), { serverId: server.id, status: "disabled" }));
    expect(disabled.result).toMatchObject({ status: "disabled" });
    expect(disabled.entries).toMatchObject([
      { action: "server.disable", body: { changes: [{ field: "status", before: "active", after: "disabled" }] } },
    ]);
    expect(await narrowings()).toBe(before + 1);
    const enabled = await observe(() => updateServer(systemCtx(), { serverId: server.id, status: "active" }));
    expect(enabled.entries).toMatchObject([{ action: "server.enable" }]);
    expect(await narrowings()).toBe(before + 1);
  });

  it("numbers a changed resource as narrowing, and a changed name not", async () => {
    const server = await makeServer();
    const before = await narrowings();
    await updateServer(systemCtx(), { serverId: server.id, name: `Renamed ${server.slug}` });
    expect(await narrowings()).toBe(before);
    await updateServer(systemCtx(), { serverId: server.id, resource: `${server.resource}/v2` });
    expect(await narrowings()).toBe(before + 1);
  });

  it("leaves no entry where nothing changes", async () => {
    const server = await makeServer();
    const { result, entries } = await observe(() =>
      updateServer(systemCtx(), { serverId: server.id, name: server.name, status: "active" }),
    );
    expect(result).toMatchObject({ id: server.id });
    expect(entries).toEqual([]);
  });

  it("answers server_not_found, builtin_immutable and slug_taken, and changes nothing", async () => {
    const [one, two] = [await makeServer(), await makeServer()];
    for (const [serverId, code] of [
      ["srv_none", "server_not_found"],
      [builtinId, "builtin_immutable"],
      [one.id, "slug_taken"],
    ] as const) {
      const { error, entries } = await observe(() => updateServer(systemCtx(), { serverId, slug: two.slug }));
      expect(error).toMatchObject({ code });
      expect(entries).toEqual([]);
    }
  });

  it("refuses a member, and records the refusal with the server", async () => {
    const server = await makeServer();
    const member = personCtx({ ...(await makePerson()), consoleRole: "member" });
    const { error, entries } = await observe(() => updateServer(member, { serverId: server.id, name: "Mine" }));
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "server.update", outcome: "denied", targetId: server.id }]);
  });

  it("loses no field where two changes meet", async () => {
    const server = await makeServer();
    await Promise.all([
      updateServer(systemCtx(), { serverId: server.id, description: "together" }),
      updateServer(systemCtx(), { serverId: server.id, maxTokenLifetimeSeconds: 60 }),
    ]);
    expect(await getServer(systemCtx(), { serverId: server.id })).toMatchObject({
      description: "together",
      maxTokenLifetimeSeconds: 60,
    });
  });
});

describe("listServers and getServer", () => {
  it("pages without gaps or doubles, and refuses a cursor from other filters", async () => {
    for (let i = 0; i < 5; i++) await makeServer({ slug: `paged-${i}` });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listServers(systemCtx(), listServersSchema.parse({ q: "paged-", limit: 2, cursor }));
      seen.push(...page.items.map(({ slug }) => slug));
      cursor = page.nextCursor ?? undefined;
      if (cursor)
        await expect(listServers(systemCtx(), listServersSchema.parse({ cursor }))).rejects.toMatchObject({
          code: "invalid_cursor",
        });
    } while (cursor);
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4].map((i) => `paged-${i}`));
  });

  it("leaves the built-in server out unless asked for", async () => {
    const ids = async (query: object) =>
      (await listServers(systemCtx(), listServersSchema.parse({ q: "gatehouse", ...query }))).items.map(({ id }) => id);
    expect(await ids({})).toEqual([]);
    expect(await ids({ includeBuiltin: "true" })).toEqual([builtinId]);
  });

  it("shows a member only the servers that a role they hold names, and records a look at another", async () => {
    const [named, other] = [await makeServer(), await makeServer()];
    const [role, archived] = [await makeRole([named.id], ["*"]), await makeRole([other.id], ["*"])];
    const person = await makePerson();
    for (const { id: roleId } of [role, archived])
      await db().personRole.create({ data: { personId: person.id, roleId, assignedBy: "test" } });
    await db().role.update({ where: { id: archived.id }, data: { archivedAt: new Date() } });
    const member = personCtx({ ...person, consoleRole: "member" });
    const { items } = await listServers(member, listServersSchema.parse({}));
    expect(items.map(({ id }) => id)).toEqual([named.id]);
    expect(await getServer(member, { serverId: named.id })).toMatchObject({ id: named.id });
    const { error, entries } = await observe(() => getServer(member, { serverId: other.id }));
    expect(error).toMatchObject({ code: "server_not_found" });
    expect(entries).toMatchObject([{ action: "server.read", outcome: "denied", targetId: other.id }]);
  });

  it("answers server_not_found for an unknown id, without an entry", async () => {
    const { error, entries } = await observe(() => getServer(systemCtx(), { serverId: "srv_none" }));
    expect(error).toMatchObject({ code: "server_not_found" });
    expect(entries).toEqual([]);
  });
});

describe("what OAuth access tokens for a server are like", () => {
  it("is changed with before and after on the record", async () => {
    const server = await makeServer();
    const wanted = { accessTokenFormat: "opaque", accessTokenSeconds: 60, requireDpop: true } as const;
    const { result, entries } = await observe(() => updateServer(systemCtx(), { serverId: server.id, ...wanted }));
    expect(result).toMatchObject(wanted);
    expect(entries).toMatchObject([
      {
        action: "server.update",
        body: {
          changes: [
            { field: "accessTokenFormat", before: "jwt", after: "opaque" },
            { field: "accessTokenSeconds", before: 900, after: 60 },
            { field: "requireDpop", before: false, after: true },
          ],
        },
      },
    ]);
  });

  it.each([
    {
      what: "another form or lifetime of tokens to come",
      wanted: { accessTokenFormat: "opaque", accessTokenSeconds: 60 },
      by: 0,
    },
    { what: "that tokens must be bound to a key", wanted: { requireDpop: true }, by: 1 },
    { what: "that they need not be any more", wanted: { requireDpop: false }, by: 0 },
    { what: "that the log keeps less of its calls", wanted: { auditLevel: "metadata" }, by: 1 },
  ] as const)("narrows what is cached by $by: $what", async ({ wanted, by }) => {
    const server = await makeServer();
    if ("requireDpop" in wanted && !wanted.requireDpop)
      await updateServer(systemCtx(), { serverId: server.id, requireDpop: true });
    const before = await narrowings();
    await updateServer(systemCtx(), { serverId: server.id, ...wanted });
    expect(await narrowings()).toBe(before + by);
  });

  it.each([
    { accessTokenSeconds: 59 },
    { accessTokenSeconds: 86_401 },
    { accessTokenFormat: "paseto" },
    { auditLevel: "none" },
  ])("refuses %j", (input) => expect(updateServerSchema.safeParse(input).success).toBe(false));
});
