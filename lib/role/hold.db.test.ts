import { describe, expect, it } from "vitest";
import { holdAgentRole } from "@/lib/agent/hold-role";
import { pageAgents } from "@/lib/agent/page";
import { pageAgentsSchema } from "@/lib/agent/schema";
import { holdPersonRole } from "@/lib/person/hold-role";
import { pagePeople } from "@/lib/person/page";
import { pagePeopleSchema } from "@/lib/person/schema";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makeAgent, makePerson, makeRole, makeServer } from "@/lib/testing/make";
import { pageRoles } from "./page";
import { pageRolesSchema } from "./schema";

useTestDatabase();

async function twoRoles() {
  const server = await makeServer();
  return [await makeRole([server.id], ["tickets:read"]), await makeRole([server.id], ["tickets:write"])] as const;
}

describe("holdPersonRole, holdAgentRole", () => {
  it("gives and takes one role, leaves the others, and records each with a narrowing where one was taken", async () => {
    const [first, second] = await twoRoles();
    const person = await makePerson();
    const about = { personId: person.id };
    await holdPersonRole(systemCtx(), { ...about, roleId: first.id, held: true });
    const given = await observe(() => holdPersonRole(systemCtx(), { ...about, roleId: second.id, held: true }));
    expect(given.result?.roles.map((role) => role.id).sort()).toEqual([first.id, second.id].sort());
    expect(given.entries).toMatchObject([{ action: "role.assign", targetId: person.id }]);
    const taken = await observe(() => holdPersonRole(systemCtx(), { ...about, roleId: first.id, held: false }));
    expect(taken.result?.roles.map((role) => role.id)).toEqual([second.id]);
    expect(taken.entries).toMatchObject([{ action: "role.unassign", targetId: person.id }]);
    const again = await observe(() => holdPersonRole(systemCtx(), { ...about, roleId: first.id, held: false }));
    expect(again.entries).toEqual([]);
  });

  it("keeps both of two roles that are given at the same moment", async () => {
    const [first, second] = await twoRoles();
    const agent = await makeAgent((await makePerson()).id);
    await Promise.all(
      [first, second].map((role) => holdAgentRole(systemCtx(), { agentId: agent.id, roleId: role.id, held: true })),
    );
    const page = await pageAgents(systemCtx(), pageAgentsSchema.parse({ roleId: first.id }));
    expect(page.items.map((item) => item.roles.length)).toEqual([2]);
  });

  it("refuses an admin who gives an owner a role, and an auditor who gives anybody one, and records it", async () => {
    const [role] = await twoRoles();
    const owner = await makePerson({ consoleRole: "owner" });
    const member = await makePerson();
    for (const [consoleRole, personId] of [
      ["admin", owner.id],
      ["auditor", member.id],
    ] as const) {
      const actor = await makePerson({ consoleRole });
      const { error, entries } = await observe(() =>
        holdPersonRole(personCtx({ ...actor, consoleRole }), { personId, roleId: role.id, held: true }),
      );
      expect(error).toMatchObject({ code: "forbidden" });
      expect(entries).toMatchObject([{ action: "role.assign", outcome: "denied" }]);
    }
  });

  it("answers role_not_found for an unknown role, and person_not_found for an unknown person", async () => {
    const [role] = await twoRoles();
    const person = await makePerson();
    await expect(
      holdPersonRole(systemCtx(), { personId: person.id, roleId: "rol_none", held: true }),
    ).rejects.toMatchObject({ code: "role_not_found" });
    await expect(
      holdPersonRole(systemCtx(), { personId: "per_none", roleId: role.id, held: true }),
    ).rejects.toMatchObject({ code: "person_not_found" });
  });
});

describe("pagePeople, pageAgents, pageRoles", () => {
  it("count exactly, sort by name, and show an empty page behind the last one", async () => {
    const mark = `Zeta${Math.random()}`;
    for (const name of ["b", "a", "c"]) await makePerson({ name: `${mark} ${name}` });
    const names = (order: string, page = 1) =>
      pagePeople(systemCtx(), pagePeopleSchema.parse({ q: mark, order, page })).then(({ items, total }) => [
        total,
        ...items.map((person) => person.name.slice(-1)),
      ]);
    expect(await names("asc")).toEqual([3, "a", "b", "c"]);
    expect(await names("desc")).toEqual([3, "c", "b", "a"]);
    expect(await names("asc", 2)).toEqual([3]);
  });

  it("show a member themself, their own agents, and the roles that they hold", async () => {
    const [role] = await twoRoles();
    const member = await makePerson();
    const agent = await makeAgent(member.id);
    await makeAgent((await makePerson()).id);
    await holdPersonRole(systemCtx(), { personId: member.id, roleId: role.id, held: true });
    const ctx = personCtx({ ...member, consoleRole: "member" });
    expect((await pagePeople(ctx, pagePeopleSchema.parse({}))).items.map(({ id }) => id)).toEqual([member.id]);
    expect((await pageAgents(ctx, pageAgentsSchema.parse({}))).items.map(({ id }) => id)).toEqual([agent.id]);
    expect((await pageRoles(ctx, pageRolesSchema.parse({}))).items.map(({ id }) => id)).toEqual([role.id]);
  });
});
