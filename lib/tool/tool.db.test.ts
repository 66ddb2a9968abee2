import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson, makeServer } from "@/lib/testing/make";
import { createTool } from "./create";
import { deleteTool } from "./delete";
import { getTool, listTools } from "./list";
import { createToolSchema, listToolsSchema, toolSchema, type CreateToolInput } from "./schema";
import { updateTool } from "./update";

useTestDatabase();

const wanted = (serverId: string, more: Partial<CreateToolInput> = {}) =>
  createToolSchema.parse({ serverId, name: "merge_tickets", scopes: ["tickets:read", "tickets:write"], ...more });
const narrowings = () => db().change.count({ where: { narrows: true } });
const memberCtx = async () => personCtx({ ...(await makePerson()), consoleRole: "member" });

async function toolOf(server: { id: string }, name = "list_tickets") {
  return db().tool.findUniqueOrThrow({ where: { serverId_name: { serverId: server.id, name } } });
}

describe("createTool", () => {
  it("adds the tool with its scopes and its entry", async () => {
    const server = await makeServer();
    const { result, entries } = await observe(() => createTool(systemCtx(), wanted(server.id)));
    expect(toolSchema.parse(result)).toMatchObject({
      source: "manual",
      access: "write",
      scopes: ["tickets:read", "tickets:write"],
      drift: "none",
    });
    expect(entries).toMatchObject([
      { action: "tool.create", outcome: "success", targetId: result?.id, body: { tool: "merge_tickets" } },
    ]);
  });

  it("leaves a tool without scopes closed", async () => {
    const server = await makeServer();
    expect(await createTool(systemCtx(), wanted(server.id, { scopes: [] }))).toMatchObject({
      access: null,
      scopes: [],
    });
  });

  it("answers unknown_scope for another server's scope, name_taken, server_not_found, builtin_immutable", async () => {
    const server = await makeServer();
    for (const [input, code, path] of [
      [wanted(server.id, { scopes: ["tickets:read", "audit:read"] }), "unknown_scope", "scopes.1"],
      [wanted(server.id, { name: "list_tickets" }), "name_taken", "name"],
      [wanted("srv_none"), "server_not_found", undefined],
      [wanted("srv_gatehouse"), "builtin_immutable", undefined],
    ] as const) {
      const { error, entries } = await observe(() => createTool(systemCtx(), input));
      expect(error).toMatchObject({ code, fields: path ? [{ path }] : [] });
      expect(entries).toEqual([]);
    }
  });

  it("refuses a member, and records the refusal", async () => {
    const server = await makeServer();
    const member = await memberCtx();
    const { error, entries } = await observe(() => createTool(member, wanted(server.id)));
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "tool.create", outcome: "denied", targetId: server.id }]);
  });

  it("lets exactly one of two creations of the same name at the same moment through", async () => {
    const server = await makeServer();
    const settled = await Promise.allSettled([1, 2].map(() => createTool(systemCtx(), wanted(server.id))));
    expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });
});

describe("updateTool", () => {
  it.each([
    ["one scope more", ["tickets:read", "tickets:write"], 1],
    ["another scope", ["tickets:write"], 1],
    ["no scope, which closes it", [], 1],
    ["the same scope", ["tickets:read", "tickets:read"], 0],
  ])("numbers the narrowing right for %s", async (_what, scopes, narrowed) => {
    const server = await makeServer();
    const { id: toolId } = await toolOf(server);
    const seq = await narrowings();
    const { result, entries } = await observe(() => updateTool(systemCtx(), { toolId, scopes }));
    expect(result?.scopes).toEqual([...new Set(scopes)]);
    expect(await narrowings()).toBe(seq + narrowed);
    expect(entries).toHaveLength(Number(narrowed));
    if (narrowed)
      expect(entries).toMatchObject([
        {
          action: "tool.update",
          targetId: toolId,
          body: { changes: [{ field: "scopes", before: ["tickets:read"], after: scopes }] },
        },
      ]);
  });

  it("narrows nothing where a scope less is asked for, or a closed tool is opened", async () => {
    const server = await makeServer();
    const { id: toolId } = await createTool(systemCtx(), wanted(server.id));
    const closed = await createTool(systemCtx(), wanted(server.id, { name: "closed", scopes: [] }));
    const seq = await narrowings();
    await updateTool(systemCtx(), { toolId, scopes: ["tickets:read"] });
    await updateTool(systemCtx(), { toolId: closed.id, scopes: ["tickets:read"] });
    expect(await narrowings()).toBe(seq);
  });

  it("answers unknown_scope, and changes nothing", async () => {
    const { id: toolId } = await toolOf(await makeServer());
    const { error, entries } = await observe(() =>
      updateTool(systemCtx(), { toolId, scopes: ["nothing:read"], description: "changed" }),
    );
    expect(error).toMatchObject({ code: "unknown_scope", fields: [{ path: "scopes.0" }] });
    expect(entries).toEqual([]);
    expect(await getTool(systemCtx(), { toolId })).toMatchObject({ description: "", scopes: ["tickets:read"] });
  });

  it("keeps the description of an imported tool as the server's own, but takes the same one", async () => {
    const { id: toolId } = await toolOf(await makeServer());
    await db().tool.update({ where: { id: toolId }, data: { source: "import", description: "Lists" } });
    await expect(updateTool(systemCtx(), { toolId, description: "Lists" })).resolves.toMatchObject({ id: toolId });
    await expect(updateTool(systemCtx(), { toolId, description: "Harmless" })).rejects.toMatchObject({
      code: "validation_failed",
      fields: [{ path: "description" }],
    });
  });

  it("accepts a changed definition with an entry of its own, and has nothing to accept twice", async () => {
    const { id: toolId } = await toolOf(await makeServer());
    const pending = {
      title: "List",
      description: "Lists and deletes",
      annotations: { destructiveHint: true },
      inputSchema: { type: "object" },
    };
    await db().tool.update({
      where: { id: toolId },
      data: {
        source: "import",
        drift: "changed",
        pending,
        annotations: { readOnlyHint: true },
        suggestedAccess: "read",
      },
    });
    const { result, entries } = await observe(() => updateTool(systemCtx(), { toolId, acceptDrift: true }));
    expect(result).toMatchObject({ ...pending, drift: "none", pending: null, suggestedAccess: "write" });
    expect(entries).toMatchObject([
      {
        action: "tool.accept",
        targetId: toolId,
        body: {
          changes: [
            { field: "title" },
            { field: "description" },
            { field: "annotations", before: { readOnlyHint: true }, after: { destructiveHint: true } },
            { field: "suggestedAccess", before: "read", after: "write" },
          ],
          details: { inputSchemaChanged: true },
        },
      },
    ]);
    const again = await observe(() => updateTool(systemCtx(), { toolId, acceptDrift: true }));
    expect(again.entries).toEqual([]);
  });

  it("does not accept a tool that the server no longer lists", async () => {
    const { id: toolId } = await toolOf(await makeServer());
    await db().tool.update({ where: { id: toolId }, data: { source: "import", drift: "removed" } });
    const { error, entries } = await observe(() => updateTool(systemCtx(), { toolId, acceptDrift: true }));
    expect(error).toMatchObject({ code: "validation_failed", fields: [{ path: "acceptDrift" }] });
    expect(entries).toEqual([]);
  });

  it("finds the closed tools of a server, and the others", async () => {
    const server = await makeServer();
    await createTool(systemCtx(), createToolSchema.parse({ serverId: server.id, name: "shut", scopes: [] }));
    const names = async (closed: string) =>
      (await listTools(systemCtx(), listToolsSchema.parse({ serverId: server.id, closed }))).items.map((t) => t.name);
    expect(await names("true")).toEqual(["shut"]);
    expect(await names("false")).toEqual(["close_ticket", "list_tickets"]);
  });

  it("ends with one of the two sets where two changes meet, never with a mixture", async () => {
    const server = await makeServer();
    const { id: toolId } = await toolOf(server);
    const sets = [["tickets:write"], ["tickets:read", "tickets:write"]];
    await Promise.all(sets.map((scopes) => updateTool(systemCtx(), { toolId, scopes })));
    expect(sets).toContainEqual((await getTool(systemCtx(), { toolId })).scopes);
  });

  it("refuses a member with an entry; answers tool_not_found", async () => {
    const { id: toolId } = await toolOf(await makeServer());
    const member = await memberCtx();
    const { error, entries } = await observe(() => updateTool(member, { toolId, scopes: [] }));
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "tool.update", outcome: "denied", targetId: toolId }]);
    await expect(updateTool(systemCtx(), { toolId: "tol_none" })).rejects.toMatchObject({ code: "tool_not_found" });
  });
});

describe("deleteTool", () => {
  it("removes the tool with its entry, and numbers the narrowing", async () => {
    const { id: toolId } = await toolOf(await makeServer());
    const seq = await narrowings();
    const { entries } = await observe(() => deleteTool(systemCtx(), { toolId }));
    expect(entries).toMatchObject([
      { action: "tool.delete", targetId: toolId, body: { changes: [{ before: "list_tickets", after: null }, {}, {}] } },
    ]);
    expect(await narrowings()).toBe(seq + 1);
  });

  it("deletes once where two deletions meet, with one entry", async () => {
    const { id: toolId } = await toolOf(await makeServer());
    const { result, entries } = await observe(() =>
      Promise.allSettled([1, 2].map(() => deleteTool(systemCtx(), { toolId }))),
    );
    expect(result?.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(entries).toHaveLength(1);
  });

  it("refuses a member, records it, and keeps the tool", async () => {
    const { id: toolId } = await toolOf(await makeServer());
    const member = await memberCtx();
    const { error, entries } = await observe(() => deleteTool(member, { toolId }));
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "tool.delete", outcome: "denied", targetId: toolId }]);
    expect(await getTool(systemCtx(), { toolId })).toMatchObject({ id: toolId });
  });
});

describe("listTools and getTool", () => {
  it("pages by name without gaps or doubles, however long the names", async () => {
    const server = await makeServer();
    const long = ["漢", "字"].map((letter) => letter.repeat(256));
    for (const name of long) await createTool(systemCtx(), wanted(server.id, { name }));
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listTools(systemCtx(), listToolsSchema.parse({ serverId: server.id, limit: 1, cursor }));
      names.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect([...names].sort()).toEqual(["close_ticket", "list_tickets", ...long].sort());
  });

  it("filters by drift", async () => {
    const server = await makeServer();
    const { id } = await toolOf(server);
    await db().tool.update({ where: { id }, data: { drift: "removed" } });
    const { items } = await listTools(systemCtx(), listToolsSchema.parse({ serverId: server.id, drift: "removed" }));
    expect(items.map((tool) => tool.id)).toEqual([id]);
  });

  it("answers tool_not_found to a member whose roles do not name the server, and records it", async () => {
    const server = await makeServer();
    const { id: toolId } = await toolOf(server);
    const member = await memberCtx();
    const { error, entries } = await observe(() => getTool(member, { toolId }));
    expect(error).toMatchObject({ code: "tool_not_found" });
    expect(entries).toMatchObject([{ action: "server.read", outcome: "denied", targetId: toolId }]);
    expect((await listTools(member, listToolsSchema.parse({ serverId: server.id }))).items).toEqual([]);
  });
});
