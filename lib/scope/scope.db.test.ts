import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson, makeRole, makeServer } from "@/lib/testing/make";
import { createScope } from "./create";
import { deleteScope } from "./delete";
import { getScope, listScopes } from "./list";
import { createScopeSchema, listScopesSchema, scopeSchema } from "./schema";
import { updateScope } from "./update";

useTestDatabase();

const wanted = (serverId: string, name = "tickets:archive") =>
  createScopeSchema.parse({ serverId, name, access: "admin", description: "Archive tickets" });
const narrowings = () => db().change.count({ where: { narrows: true } });
const memberCtx = async () => personCtx({ ...(await makePerson()), consoleRole: "member" });
const builtinScopeId = "scp_gatehouse_audit_read";

describe("createScope", () => {
  it("adds the scope with its entry, and narrows nothing", async () => {
    const server = await makeServer();
    const seq = await narrowings();
    const { result, entries } = await observe(() => createScope(systemCtx(), wanted(server.id)));
    expect(scopeSchema.parse(result)).toMatchObject({
      ...{ serverId: server.id, access: "admin", needsApproval: false, tools: [] },
    });
    expect(entries).toMatchObject([
      { action: "scope.create", outcome: "success", targetId: result?.id, body: { server: { id: server.id } } },
    ]);
    expect(await narrowings()).toBe(seq);
  });

  it("makes one that an admin must agree to, and says so in its entry", async () => {
    const server = await makeServer();
    const input = createScopeSchema.parse({ ...wanted(server.id), needsApproval: true });
    const { result, entries } = await observe(() => createScope(systemCtx(), input));
    expect(result).toMatchObject({ needsApproval: true });
    const changes = entries[0]?.body.changes as { field: string }[] | undefined;
    expect(changes).toContainEqual({ field: "needsApproval", before: null, after: true });
  });

  it("answers name_taken, server_not_found and builtin_immutable, without an entry", async () => {
    const server = await makeServer();
    for (const [input, code] of [
      [wanted(server.id, "tickets:read"), "name_taken"],
      [wanted("srv_none"), "server_not_found"],
      [wanted("srv_gatehouse"), "builtin_immutable"],
    ] as const) {
      const { error, entries } = await observe(() => createScope(systemCtx(), input));
      expect(error).toMatchObject({ code });
      expect(entries).toEqual([]);
    }
  });

  it("lets exactly one of two creations of the same name at the same moment through", async () => {
    const server = await makeServer();
    const settled = await Promise.allSettled([1, 2].map(() => createScope(systemCtx(), wanted(server.id))));
    expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it("refuses a member, and records the refusal", async () => {
    const server = await makeServer();
    const ctx = await memberCtx();
    const { error, entries } = await observe(() => createScope(ctx, wanted(server.id)));
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "scope.create", outcome: "denied", targetId: server.id }]);
  });
});

describe("updateScope", () => {
  it("changes the access with before and after, and numbers the narrowing", async () => {
    const { scopes } = await makeServer();
    const seq = await narrowings();
    const { result, entries } = await observe(() =>
      updateScope(systemCtx(), { scopeId: scopes.read.id, access: "write" }),
    );
    expect(result).toMatchObject({ access: "write", tools: ["list_tickets"] });
    expect(entries).toMatchObject([
      { action: "scope.update", body: { changes: [{ field: "access", before: "read", after: "write" }] } },
    ]);
    expect(await narrowings()).toBe(seq + 1);
  });

  it("asks for an admin's agreement with before and after, and numbers the narrowing; asking no more only gives", async () => {
    const { scopes } = await makeServer();
    const ask = (needsApproval: boolean) =>
      observe(() => updateScope(systemCtx(), { scopeId: scopes.write.id, needsApproval }));
    const seq = await narrowings();
    const on = await ask(true);
    expect(on.result).toMatchObject({ needsApproval: true, access: "write" });
    expect(on.entries).toMatchObject([
      { action: "scope.update", body: { changes: [{ field: "needsApproval", before: false, after: true }] } },
    ]);
    expect(await narrowings()).toBe(seq + 1);
    expect((await ask(true)).entries).toEqual([]);
    const off = await ask(false);
    expect(off.entries).toMatchObject([
      { action: "scope.update", body: { changes: [{ field: "needsApproval", before: true, after: false }] } },
    ]);
    expect(await narrowings()).toBe(seq + 1);
  });

  it("narrows nothing and leaves no entry where nothing changes", async () => {
    const { scopes } = await makeServer();
    const seq = await narrowings();
    const { entries } = await observe(() => updateScope(systemCtx(), { scopeId: scopes.read.id, access: "read" }));
    expect(entries).toEqual([]);
    expect(await narrowings()).toBe(seq);
  });

  it("answers scope_not_found and builtin_immutable; refuses a member with an entry", async () => {
    const ctx = systemCtx();
    await expect(updateScope(ctx, { scopeId: "scp_none" })).rejects.toMatchObject({ code: "scope_not_found" });
    await expect(updateScope(ctx, { scopeId: builtinScopeId, access: "admin" })).rejects.toMatchObject({
      code: "builtin_immutable",
    });
    const { scopes } = await makeServer();
    const member = await memberCtx();
    const { error, entries } = await observe(() => updateScope(member, { scopeId: scopes.read.id, access: "admin" }));
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "scope.update", outcome: "denied", targetId: scopes.read.id }]);
  });
});

describe("deleteScope", () => {
  it("removes an unused scope with its entry, and numbers the narrowing", async () => {
    const server = await makeServer();
    const { id: scopeId } = await createScope(systemCtx(), wanted(server.id));
    const seq = await narrowings();
    const { error, entries } = await observe(() => deleteScope(systemCtx(), { scopeId }));
    expect(error).toBeNull();
    expect(entries).toMatchObject([
      { action: "scope.delete", targetId: scopeId, body: { details: { tokensThatLostIt: 0 } } },
    ]);
    expect(await narrowings()).toBe(seq + 1);
    await expect(deleteScope(systemCtx(), { scopeId })).rejects.toMatchObject({ code: "scope_not_found" });
  });

  it("answers in_use where a tool requires it, names the tool, and changes nothing", async () => {
    const { scopes } = await makeServer();
    const { error, entries } = await observe(() => deleteScope(systemCtx(), { scopeId: scopes.read.id }));
    expect(error).toMatchObject({ code: "in_use", detail: expect.stringContaining("list_tickets") as string });
    expect(entries).toEqual([]);
    expect(await getScope(systemCtx(), { scopeId: scopes.read.id })).toMatchObject({ name: "tickets:read" });
  });

  it("deletes once where two deletions meet, with one entry", async () => {
    const server = await makeServer();
    const { id: scopeId } = await createScope(systemCtx(), wanted(server.id));
    const { result, entries } = await observe(() =>
      Promise.allSettled([1, 2].map(() => deleteScope(systemCtx(), { scopeId }))),
    );
    expect(result?.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(entries).toHaveLength(1);
  });

  it("refuses a member with an entry, and the built-in server's scopes", async () => {
    const member = await memberCtx();
    const { error, entries } = await observe(() => deleteScope(member, { scopeId: builtinScopeId }));
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "scope.delete", outcome: "denied", targetId: builtinScopeId }]);
    await expect(deleteScope(systemCtx(), { scopeId: builtinScopeId })).rejects.toMatchObject({
      code: "builtin_immutable",
    });
  });
});

describe("listScopes and getScope", () => {
  it("pages by name without gaps or doubles", async () => {
    const server = await makeServer();
    for (const name of ["a:read", "z:read", "m:read"]) await createScope(systemCtx(), wanted(server.id, name));
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listScopes(systemCtx(), listScopesSchema.parse({ serverId: server.id, limit: 2, cursor }));
      names.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(names).toEqual(["a:read", "m:read", "tickets:read", "tickets:write", "z:read"]);
  });

  it("shows the built-in server's scopes only where it is named", async () => {
    const all = await listScopes(systemCtx(), listScopesSchema.parse({ q: "audit:read" }));
    expect(all.items).toEqual([]);
    const named = await listScopes(systemCtx(), listScopesSchema.parse({ serverId: "srv_gatehouse", limit: 200 }));
    expect(named.items.map(({ name }) => name)).toContain("audit:read");
  });

  it("answers scope_not_found to a member whose roles do not name the server, and records it", async () => {
    const [named, other] = [await makeServer(), await makeServer()];
    const person = await makePerson();
    const role = await makeRole([named.id], ["*"]);
    await db().personRole.create({ data: { personId: person.id, roleId: role.id, assignedBy: "test" } });
    const member = personCtx({ ...person, consoleRole: "member" });
    expect(await getScope(member, { scopeId: named.scopes.read.id })).toMatchObject({ serverId: named.id });
    const { error, entries } = await observe(() => getScope(member, { scopeId: other.scopes.read.id }));
    expect(error).toMatchObject({ code: "scope_not_found" });
    expect(entries).toMatchObject([{ action: "server.read", outcome: "denied", targetId: other.scopes.read.id }]);
    const { items } = await listScopes(member, listScopesSchema.parse({ serverId: other.id }));
    expect(items).toEqual([]);
  });
});
