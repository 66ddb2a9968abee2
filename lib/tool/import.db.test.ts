import { afterEach, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson, makeServer } from "@/lib/testing/make";
import { remoteTool, startMcpServer, stopServers, type McpServerState } from "@/lib/testing/mcp-server";
import { importTools } from "./import";
import { listTools } from "./list";
import { importResultSchema, importToolsSchema, listToolsSchema, type ImportToolsInput } from "./schema";
import { updateTool } from "./update";

useTestDatabase();
afterEach(stopServers);

const READ = { readOnlyHint: true };
const DESTROY = { destructiveHint: true };
const state = (): McpServerState => ({
  tools: [
    remoteTool("list_tickets", { annotations: READ, description: "Lists tickets" }),
    remoteTool("archive_ticket", { annotations: DESTROY }),
    remoteTool("search", { annotations: READ }),
  ],
});

/** A registered server without tools, and a live one. */
async function setUp() {
  const server = await makeServer();
  await db().tool.deleteMany({ where: { serverId: server.id } });
  const live = state();
  const { url, requests } = await startMcpServer(live);
  const run = (more: Partial<ImportToolsInput> = {}) =>
    importTools(systemCtx(), { ...importToolsSchema.parse({ url }), serverId: server.id, ...more });
  const tools = async () =>
    (await listTools(systemCtx(), listToolsSchema.parse({ serverId: server.id, limit: 200 }))).items;
  return { server, live, url, requests, run, tools };
}

describe("importTools", () => {
  it("adds what it saw, closed, with one entry that names the tools and holds no schema", async () => {
    const { server, url, run, tools } = await setUp();
    const { result, entries } = await observe(() => run());
    expect(importResultSchema.parse(result)).toEqual({
      url,
      serverInfo: { name: "fixture", version: "1.2.3" },
      dryRun: false,
      added: [
        { name: "list_tickets", suggestedAccess: "read", suggestedScope: "tickets:read" },
        { name: "archive_ticket", suggestedAccess: "write", suggestedScope: "tickets:write" },
        { name: "search", suggestedAccess: "read", suggestedScope: "tickets:read" },
      ],
      changed: [],
      removed: [],
      unchanged: 0,
    });
    expect(entries).toMatchObject([
      {
        action: "tool.import",
        outcome: "success",
        targetId: server.id,
        body: { details: { url, added: ["list_tickets", "archive_ticket", "search"], counts: { added: 3 } } },
      },
    ]);
    expect(JSON.stringify(entries.map(({ body }) => body))).not.toContain("inputSchema");
    expect((await tools()).map(({ name, scopes, source }) => [name, scopes, source])).toEqual([
      ["archive_ticket", [], "import"],
      ["list_tickets", [], "import"],
      ["search", [], "import"],
    ]);
  });

  it("opens new tools to scopes of the suggested access, makes those that are missing, and records them", async () => {
    const { server, run, tools } = await setUp();
    await db().scope.delete({ where: { id: server.scopes.write.id } });
    const { entries } = await observe(() => run({ assign: "suggested" }));
    expect(entries.map(({ action }) => action)).toEqual(["scope.create", "tool.import"]);
    expect((await tools()).map(({ name, scopes, access }) => [name, scopes, access])).toEqual([
      ["archive_ticket", [`${server.slug}:write`], "write"],
      ["list_tickets", ["tickets:read"], "read"],
      ["search", ["tickets:read"], "read"],
    ]);
  });

  it("changes nothing in a dry run, and leaves no entry", async () => {
    const { server, run, tools } = await setUp();
    const { result, entries } = await observe(() => run({ dryRun: true, assign: "suggested" }));
    expect(result).toMatchObject({ dryRun: true, added: [{}, {}, {}] });
    expect(entries).toEqual([]);
    expect(await tools()).toEqual([]);
    const row = await db().mcpServer.findUniqueOrThrow({ where: { id: server.id } });
    expect([row.importUrl, row.importedAt]).toEqual([null, null]);
  });

  it("keeps the accepted definition in force where one drifted, and shows a hint that turned destructive", async () => {
    const { live, run, tools } = await setUp();
    await run({ assign: "suggested" });
    live.tools[0] = remoteTool("list_tickets", { annotations: DESTROY, description: "Lists tickets" });
    const { result, entries } = await observe(() => run());
    expect(result).toMatchObject({
      changed: [{ name: "list_tickets", suggestedAccess: "write", fields: ["annotations"] }],
      unchanged: 2,
    });
    expect(entries).toMatchObject([{ body: { details: { changed: ["list_tickets (annotations)"] } } }]);
    const drifted = (await tools()).find(({ name }) => name === "list_tickets");
    expect(drifted).toMatchObject({
      drift: "changed",
      annotations: READ,
      suggestedAccess: "read",
      scopes: ["tickets:read"],
      pending: { annotations: DESTROY },
    });
    await updateTool(systemCtx(), { toolId: drifted?.id ?? "", acceptDrift: true });
    expect(await run()).toMatchObject({ changed: [], unchanged: 3 });
  });

  it("flags a tool that is gone, keeps its scopes, and lets it return", async () => {
    const { live, run, tools } = await setUp();
    await run({ assign: "suggested" });
    const gone = live.tools.splice(1, 1);
    expect(await run()).toMatchObject({ removed: [{ name: "archive_ticket" }], unchanged: 2 });
    const flagged = (await tools()).find(({ name }) => name === "archive_ticket");
    expect(flagged).toMatchObject({ drift: "removed", scopes: ["tickets:write"] });
    live.tools.push(...gone);
    expect(await run()).toMatchObject({ removed: [], unchanged: 3 });
    expect((await tools()).map(({ drift }) => drift)).toEqual(["none", "none", "none"]);
  });

  it("goes back from a pending change where the live definition is the accepted one again", async () => {
    const { live, run, tools } = await setUp();
    await run();
    live.tools[2] = remoteTool("search", { annotations: READ, title: "Search" });
    await run();
    live.tools[2] = remoteTool("search", { annotations: READ });
    await run();
    expect((await tools()).map(({ drift, pending }) => [drift, pending])).toEqual(Array(3).fill(["none", null]));
  });

  it("gives a tool that was added by hand its live definition, and leaves its scopes", async () => {
    const server = await makeServer();
    const { url } = await startMcpServer(state());
    const result = await importTools(systemCtx(), { ...importToolsSchema.parse({ url }), serverId: server.id });
    expect(result).toMatchObject({ changed: [{ name: "list_tickets" }], removed: [] });
    const { items } = await listTools(systemCtx(), listToolsSchema.parse({ serverId: server.id, q: "ticket" }));
    expect(items.map(({ name, source, drift, scopes }) => [name, source, drift, scopes])).toEqual([
      ["archive_ticket", "import", "none", []],
      ["close_ticket", "manual", "none", ["tickets:write"]],
      ["list_tickets", "import", "none", ["tickets:read"]],
    ]);
  });

  it("adds each tool once where two imports meet", async () => {
    const { run, tools } = await setUp();
    const results = await Promise.all([run(), run()]);
    expect(results.map(({ added }) => added.length).sort()).toEqual([0, 3]);
    expect(await tools()).toHaveLength(3);
  });

  it("uses the last address again, without its query, and never stores or logs headers", async () => {
    const { server, run, url, requests } = await setUp();
    const secret = "upstream-secret-9f8e7d";
    const { entries } = await observe(() => run({ url: `${url}?key=${secret}`, headers: { "X-Api-Key": secret } }));
    expect(requests.every(({ headers }) => headers["x-api-key"] === secret)).toBe(true);
    expect(await run({ url: undefined })).toMatchObject({ url, unchanged: 3 });
    const [row, audit] = [await db().mcpServer.findUnique({ where: { id: server.id } }), entries];
    expect(JSON.stringify([row, audit.map(({ body }) => body)])).not.toContain(secret);
  });

  it("takes 2,000 tools", async () => {
    const { live, run } = await setUp();
    live.pageSize = 500;
    live.tools = Array.from({ length: 2000 }, (_, i) => remoteTool(`tool_${i}`, { annotations: READ }));
    const { result, entries } = await observe(() => run({ assign: "suggested" }));
    expect(result?.added).toHaveLength(2000);
    expect(entries).toHaveLength(1);
  });
});

describe("importTools refuses", () => {
  it("a member and an auditor before any request goes out, and records it", async () => {
    const { server, url, requests } = await setUp();
    for (const consoleRole of ["member", "auditor"] as const) {
      const ctx = personCtx({ ...(await makePerson({ consoleRole })), consoleRole });
      const { error, entries } = await observe(() =>
        importTools(ctx, { ...importToolsSchema.parse({ url }), serverId: server.id }),
      );
      expect(error).toMatchObject({ code: "forbidden" });
      expect(entries).toMatchObject([{ action: "tool.import", outcome: "denied", targetId: server.id }]);
    }
    expect(requests).toEqual([]);
  });

  it("a metadata address, and records the attempt", async () => {
    const { server, run } = await setUp();
    const { error, entries } = await observe(() => run({ url: "http://169.254.169.254/latest/meta-data" }));
    expect(error).toMatchObject({ code: "import_target_refused" });
    expect(entries).toMatchObject([
      { action: "tool.import", outcome: "denied", reason: "import_target_refused", targetId: server.id },
    ]);
  });

  it.each([
    ["an address with a password", { url: "http://user:pass@127.0.0.1/mcp" }, "url"],
    ["a header of the protocol", { headers: { Host: "elsewhere" } }, "headers.Host"],
    ["a header with a line break", { headers: { "X-A": "secret\r\nX-B: 1" } }, "headers.X-A"],
  ])("%s, for its field", async (_what, more, path) => {
    const { run, requests } = await setUp();
    const { error, entries } = await observe(() => run(more));
    expect(error).toMatchObject({ code: "validation_failed", fields: [{ path }] });
    expect(JSON.stringify(error)).not.toContain("secret");
    expect([entries, requests]).toEqual([[], []]);
  });

  it("an unknown server, the built-in one, and a resource that is no web address", async () => {
    const input = (serverId: string) => ({ ...importToolsSchema.parse({}), serverId });
    await expect(importTools(systemCtx(), input("srv_none"))).rejects.toMatchObject({ code: "server_not_found" });
    await expect(importTools(systemCtx(), input("srv_gatehouse"))).rejects.toMatchObject({ code: "builtin_immutable" });
    const { id } = await makeServer({ resource: "urn:example:tickets" });
    await expect(importTools(systemCtx(), input(id))).rejects.toMatchObject({
      code: "validation_failed",
      fields: [{ path: "url" }],
    });
  });

  it("to change anything where the server fails, and tells one sentence", async () => {
    const { run, tools, live } = await setUp();
    await run();
    live.tools.push(remoteTool("list_tickets"));
    const { error, entries } = await observe(() => run());
    expect(error).toMatchObject({ code: "import_failed", detail: expect.stringMatching(/^[^.]+\.$/) });
    expect(entries).toEqual([]);
    expect(await tools()).toHaveLength(3);
  });
});
