import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createAgent } from "@/lib/agent/create";
import { createAgentSchema } from "@/lib/agent/schema";
import { updateAgent } from "@/lib/agent/update";
import { db } from "@/lib/db";
import type { ConsoleRole } from "@/lib/person/console-role";
import { anonymousCtx, personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makeAgent, makePerson, makeRole, makeServer } from "@/lib/testing/make";
import { archiveRole } from "./archive";
import { createRole } from "./create";
import { getRole, listRoles } from "./list";
import { createRoleSchema, listRolesSchema } from "./schema";
import { updateRole } from "./update";

useTestDatabase();

const input = (more: object) => createRoleSchema.parse({ name: `Support ${Math.random()}`, ...more });
const ctxAs = async (consoleRole: ConsoleRole) => personCtx({ ...(await makePerson({ consoleRole })), consoleRole });
const narrowings = () => db().change.count({ where: { narrows: true } });

describe("createRole", () => {
  it("stores patterns on the named servers, with an entry that holds them", async () => {
    const server = await makeServer();
    const { result, entries } = await observe(() =>
      createRole(systemCtx(), input({ scopes: ["tickets:*", "tickets:read"], serverIds: [server.id] })),
    );
    expect(result).toMatchObject({
      readOnly: false,
      scopes: ["tickets:*", "tickets:read"],
      serverIds: [server.id],
      grants: [{ serverId: server.id, resolved: [{ name: "tickets:read" }, { name: "tickets:write" }] }],
      counts: { people: 0, agents: 0, liveTokens: 0 },
    });
    expect(entries).toMatchObject([{ action: "role.create", outcome: "success", targetId: result?.id }]);
    expect(JSON.stringify(entries[0]?.body)).toContain("tickets:*");
  });

  it("stores a pattern without servers on every server that offers a match today, never on the built-in one", async () => {
    const [one, two] = [await makeServer(), await makeServer()];
    const role = await createRole(systemCtx(), input({ scopes: ["*", "tickets:read"] }));
    expect(role.serverIds).toEqual(expect.arrayContaining([one.id, two.id]));
    expect(role.serverIds).not.toContain("srv_gatehouse");
    const later = await makeServer();
    expect((await getRole(systemCtx(), { roleId: role.id })).serverIds).not.toContain(later.id);
  });

  it.each([
    [{ scopes: ["tickets:read", "nowhere:read"] }, "unknown_scope", "scopes.1"],
    [{ scopes: ["nowhere:*"] }, "unknown_scope", "scopes.0"],
    [{ scopes: [] }, "validation_failed", "scopes"],
    [{ scopes: ["*"], serverIds: [] }, "validation_failed", "serverIds"],
    [{ scopes: ["*"], serverIds: ["srv_none"] }, "server_not_found", "serverIds.0"],
    [{ grants: [{ serverId: "srv_none", scopes: ["*"] }] }, "server_not_found", "grants.0.serverId"],
  ])("refuses %j with %s for %s, and leaves nothing", async (more, code, path) => {
    await makeServer();
    const before = await db().role.count();
    const { error, entries } = await observe(() => createRole(systemCtx(), input(more)));
    expect(error).toMatchObject({ code, fields: [{ path, code }] });
    expect(entries).toEqual([]);
    expect(await db().role.count()).toBe(before);
  });

  it("answers unknown_scope where a named server does not offer the exact name", async () => {
    const server = await makeServer();
    const grants = [{ serverId: server.id, scopes: ["*", "wiki:read"] }];
    const { error } = await observe(() => createRole(systemCtx(), input({ grants })));
    expect(error).toMatchObject({ code: "unknown_scope", fields: [{ path: "grants.0.scopes.1" }] });
  });

  it.each(["auditor", "member"] as const)("refuses a %s, and records it", async (consoleRole) => {
    const server = await makeServer();
    const ctx = await ctxAs(consoleRole);
    const { error, entries } = await observe(() => createRole(ctx, input({ scopes: ["*"], serverIds: [server.id] })));
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "role.create", outcome: "denied" }]);
  });

  it("refuses nobody in particular", async () => {
    const { error } = await observe(() => createRole(anonymousCtx(), input({ scopes: ["*"] })));
    expect(error).toMatchObject({ code: "unauthenticated" });
  });

  it("lets exactly one of two creations of the same name at the same moment through", async () => {
    const server = await makeServer();
    const same = { name: "Race", scopes: ["*"], serverIds: [server.id] };
    const settled = await Promise.allSettled([1, 2].map(() => createRole(systemCtx(), input(same))));
    expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(settled.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "name_taken" } });
  });
});

describe("escalation through the built-in server", () => {
  const admin = { scopes: ["*"], serverIds: ["srv_gatehouse"] };

  it("lets an owner, and not an admin, make a role that reaches the admin API", async () => {
    const asAdmin = await ctxAs("admin");
    const { error, entries } = await observe(() => createRole(asAdmin, input(admin)));
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "role.create", outcome: "denied" }]);
    expect((await createRole(await ctxAs("owner"), input(admin))).serverIds).toEqual(["srv_gatehouse"]);
  });

  it("lets an admin take patterns of the admin API away, and not add any", async () => {
    const role = await createRole(
      systemCtx(),
      input({ scopes: ["tokens:read", "roles:read"], serverIds: ["srv_gatehouse"] }),
    );
    const ctx = await ctxAs("admin");
    const grants = (scopes: string[]) => [{ serverId: "srv_gatehouse", scopes }];
    await expect(updateRole(ctx, { roleId: role.id, grants: grants(["*"]) })).rejects.toMatchObject({
      code: "forbidden",
    });
    const narrowed = await updateRole(ctx, { roleId: role.id, grants: grants(["tokens:read"]) });
    expect(narrowed.scopes).toEqual(["tokens:read"]);
  });

  it("does not let an admin give an agent a role that reaches the admin API", async () => {
    const owner = await makePerson();
    const agent = await makeAgent(owner.id);
    const ctx = await ctxAs("admin");
    const roleIds = ["rol_gatehouse_admin"];
    await expect(updateAgent(ctx, { agentId: agent.id, roleIds })).rejects.toMatchObject({ code: "forbidden" });
    const made = createAgentSchema.parse({ name: "Escalator", kind: "machine", ownerId: owner.id, roleIds });
    await expect(createAgent(ctx, made)).rejects.toMatchObject({ code: "forbidden" });
    expect(await db().agentRole.count({ where: { roleId: "rol_gatehouse_admin" } })).toBe(1);
    await updateAgent(await ctxAs("owner"), { agentId: agent.id, roleIds });
    expect(await db().agentRole.count({ where: { agentId: agent.id } })).toBe(1);
  });
});

describe("updateRole", () => {
  it("records before and after of its patterns, and numbers a narrowing but not a widening", async () => {
    const server = await makeServer();
    const role = await createRole(systemCtx(), input({ scopes: ["tickets:read"], serverIds: [server.id] }));
    const numbered = await narrowings();
    const grants = (scopes: string[]) => [{ serverId: server.id, scopes }];
    const wide = await observe(() => updateRole(systemCtx(), { roleId: role.id, grants: grants(["tickets:*"]) }));
    // `tickets:read` went, though `tickets:*` covers it: numbering one too many is harmless, one too few is not.
    expect(await narrowings()).toBe(numbered + 1);
    expect(wide.entries[0]?.body).toMatchObject({
      changes: [
        {
          field: "scopes",
          before: [{ serverId: server.id, patterns: ["tickets:read"] }],
          after: [{ serverId: server.id, patterns: ["tickets:*"] }],
        },
      ],
    });
    await updateRole(systemCtx(), { roleId: role.id, grants: grants(["tickets:*", "tickets:write"]) });
    expect(await narrowings()).toBe(numbered + 1);
  });

  it("leaves no entry where nothing changed, and keeps the patterns when only the name changes", async () => {
    const server = await makeServer();
    const role = await createRole(systemCtx(), input({ scopes: ["tickets:read"], serverIds: [server.id] }));
    const { entries } = await observe(() => updateRole(systemCtx(), { roleId: role.id, name: role.name }));
    expect(entries).toEqual([]);
    const renamed = await updateRole(systemCtx(), { roleId: role.id, name: `${role.name} again` });
    expect(renamed.scopes).toEqual(["tickets:read"]);
  });

  it("keeps an exact pattern whose scope has gone, when it is sent back", async () => {
    const server = await makeServer();
    const role = await createRole(
      systemCtx(),
      input({ scopes: ["tickets:read", "tickets:write"], serverIds: [server.id] }),
    );
    await db().tool.deleteMany({ where: { serverId: server.id } });
    await db().scope.delete({ where: { id: server.scopes.write.id } });
    const grants = [{ serverId: server.id, scopes: ["tickets:read", "tickets:write"] }];
    const after = await updateRole(systemCtx(), { roleId: role.id, grants });
    expect(after.grants[0]).toMatchObject({
      scopes: ["tickets:read", "tickets:write"],
      resolved: [{ name: "tickets:read" }],
    });
    expect(after.readOnly).toBe(true);
  });

  it("answers builtin_immutable for the built-in role, role_not_found for none", async () => {
    await expect(updateRole(systemCtx(), { roleId: "rol_gatehouse_admin", name: "Mine" })).rejects.toMatchObject({
      code: "builtin_immutable",
    });
    await expect(archiveRole(systemCtx(), { roleId: "rol_gatehouse_admin" })).rejects.toMatchObject({
      code: "builtin_immutable",
    });
    await expect(updateRole(systemCtx(), { roleId: "rol_none" })).rejects.toMatchObject({ code: "role_not_found" });
  });
});

describe("archiveRole", () => {
  it("archives once, with one entry and one number, and frees the name", async () => {
    const server = await makeServer();
    const role = await createRole(systemCtx(), input({ name: "Seasonal", scopes: ["*"], serverIds: [server.id] }));
    const numbered = await narrowings();
    const first = await observe(() => archiveRole(systemCtx(), { roleId: role.id }));
    const second = await observe(() => archiveRole(systemCtx(), { roleId: role.id }));
    expect(first.entries).toMatchObject([{ action: "role.archive", outcome: "success" }]);
    expect(second.entries).toEqual([]);
    expect(second.result?.archivedAt).toBe(first.result?.archivedAt);
    expect(await narrowings()).toBe(numbered + 1);
    await expect(updateRole(systemCtx(), { roleId: role.id, name: "X" })).rejects.toMatchObject({ code: "not_live" });
    await createRole(systemCtx(), input({ name: "Seasonal", scopes: ["*"], serverIds: [server.id] }));
  });

  it("never leaves an archived role newly assigned: an assignment in the same moment waits, and is refused", async () => {
    const server = await makeServer();
    const agent = await makeAgent((await makePerson()).id);
    const role = await makeRole([server.id], ["*"]);
    let assignment: ReturnType<typeof observe> | undefined;
    await db().$transaction(async (tx) => {
      await tx.role.update({ where: { id: role.id }, data: { archivedAt: new Date() } });
      assignment = observe(() => updateAgent(systemCtx(), { agentId: agent.id, roleIds: [role.id] }));
      expect(await Promise.race([assignment, sleep(150, "waiting")])).toBe("waiting");
    });
    expect((await assignment)?.error).toMatchObject({ code: "role_not_found", fields: [{ path: "roleIds.0" }] });
    expect(await db().agentRole.count({ where: { agentId: agent.id } })).toBe(0);
  });
});

describe("getRole, listRoles", () => {
  it("show a member the roles that they hold, and answer role_not_found for others", async () => {
    const server = await makeServer();
    const [mine, other] = [await makeRole([server.id], ["*"]), await makeRole([server.id], ["*"])];
    const person = await makePerson();
    await db().personRole.create({ data: { personId: person.id, roleId: mine.id, assignedBy: "test" } });
    const ctx = personCtx({ ...person, consoleRole: "member" });
    expect((await listRoles(ctx, listRolesSchema.parse({}))).items.map(({ id }) => id)).toEqual([mine.id]);
    expect((await getRole(ctx, { roleId: mine.id })).counts.people).toBe(1);
    const { error, entries } = await observe(() => getRole(ctx, { roleId: other.id }));
    expect(error).toMatchObject({ code: "role_not_found" });
    expect(entries).toMatchObject([{ action: "role.read", outcome: "denied", targetId: other.id }]);
  });

  it("page without gaps or doubles, and leave archived roles out unless asked", async () => {
    const server = await makeServer();
    const made = [];
    for (let i = 0; i < 5; i++) made.push(await makeRole([server.id], ["*"]));
    await archiveRole(systemCtx(), { roleId: made[0]?.id ?? "" });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listRoles(systemCtx(), listRolesSchema.parse({ serverId: server.id, limit: 2, cursor }));
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toEqual(
      made
        .slice(1)
        .map(({ id }) => id)
        .sort()
        .reverse(),
    );
    const all = await listRoles(systemCtx(), listRolesSchema.parse({ serverId: server.id, includeArchived: "true" }));
    expect(all.items).toHaveLength(5);
  });
});
