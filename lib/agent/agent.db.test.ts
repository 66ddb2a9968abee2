import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { makeAgent, makePerson, makeRole, makeServer } from "@/lib/testing/make";
import { anonymousCtx, personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { createAgent } from "./create";
import { getAgent, listAgents } from "./list";
import { createAgentSchema, listAgentsSchema } from "./schema";
import { updateAgent } from "./update";

useTestDatabase();

const input = (ownerId: string, more: object = {}) =>
  createAgentSchema.parse({ name: `Backfill ${Math.random()}`, kind: "machine", ownerId, ...more });

describe("createAgent", () => {
  it("creates the agent with its roles, and an entry for each of them in the same transaction", async () => {
    const owner = await makePerson();
    const server = await makeServer();
    const role = await makeRole([server.id], ["tickets:read"]);
    const { result, entries } = await observe(() => createAgent(systemCtx(), input(owner.id, { roleIds: [role.id] })));
    expect(result).toMatchObject({
      kind: "machine",
      status: "active",
      owner: { id: owner.id },
      roles: [{ id: role.id }],
    });
    expect(entries.map((entry) => [entry.action, entry.outcome, entry.targetId])).toEqual([
      ["agent.create", "success", result?.id],
      ["role.assign", "success", result?.id],
    ]);
  });

  it("refuses an auditor, records the refusal, and creates nothing", async () => {
    const owner = await makePerson();
    const auditor = await makePerson({ consoleRole: "auditor" });
    const { error, entries } = await observe(() =>
      createAgent(personCtx({ ...auditor, consoleRole: "auditor" }), input(owner.id, { name: "Never" })),
    );
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "agent.create", outcome: "denied", reason: "forbidden" }]);
    const { items } = await listAgents(systemCtx(), listAgentsSchema.parse({ q: "Never" }));
    expect(items).toEqual([]);
  });

  it("answers unauthenticated to nobody in particular, and records it", async () => {
    const owner = await makePerson();
    const { error, entries } = await observe(() => createAgent(anonymousCtx(), input(owner.id)));
    expect(error).toMatchObject({ code: "unauthenticated" });
    expect(entries).toMatchObject([{ action: "agent.create", outcome: "denied" }]);
  });

  it("answers name_taken whatever the case of the letters, and leaves no entry", async () => {
    const owner = await makePerson();
    await createAgent(systemCtx(), input(owner.id, { name: "Twin" }));
    const { error, entries } = await observe(() => createAgent(systemCtx(), input(owner.id, { name: "tWIN" })));
    expect(error).toMatchObject({ code: "name_taken", fields: [{ path: "name" }] });
    expect(entries).toEqual([]);
  });

  it("lets exactly one of two creations of the same name at the same moment through", async () => {
    const owner = await makePerson();
    const settled = await Promise.allSettled(
      [1, 2].map(() => createAgent(systemCtx(), input(owner.id, { name: "Race" }))),
    );
    expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });
});

describe("getAgent", () => {
  it("answers agent_not_found for another person's agent, and records the refusal", async () => {
    const owner = await makePerson();
    const agent = await makeAgent(owner.id);
    const stranger = await makePerson();
    const { error, entries } = await observe(() =>
      getAgent(personCtx({ ...stranger, consoleRole: "member" }), { agentId: agent.id }),
    );
    expect(error).toMatchObject({ code: "agent_not_found" });
    expect(entries).toMatchObject([{ action: "agent.read", outcome: "denied", targetId: agent.id }]);
  });
});

describe("updateAgent", () => {
  it("suspends with an entry that holds before and after, and numbers the narrowing", async () => {
    const agent = await makeAgent((await makePerson()).id);
    const { result, entries } = await observe(() =>
      updateAgent(systemCtx(), { agentId: agent.id, status: "suspended" }),
    );
    expect(result).toMatchObject({ status: "suspended" });
    expect(entries).toMatchObject([
      {
        action: "agent.suspend",
        outcome: "success",
        body: { changes: [{ field: "status", before: "active", after: "suspended" }] },
      },
    ]);
  });

  it("answers builtin_immutable for the command line's agent", async () => {
    await expect(updateAgent(systemCtx(), { agentId: "agt_command_line", status: "suspended" })).rejects.toMatchObject({
      code: "builtin_immutable",
    });
  });

  it("answers holder_inactive where the new owner is suspended, and changes nothing", async () => {
    const agent = await makeAgent((await makePerson()).id);
    const gone = await makePerson({ status: "suspended" });
    const { error, entries } = await observe(() =>
      updateAgent(systemCtx(), { agentId: agent.id, name: "Other", ownerId: gone.id }),
    );
    expect(error).toMatchObject({ code: "holder_inactive" });
    expect(entries).toEqual([]);
    expect((await getAgent(systemCtx(), { agentId: agent.id })).name).toBe(agent.name);
  });
});

describe("listAgents", () => {
  it("pages without gaps or doubles, and refuses a cursor from other filters", async () => {
    const owner = await makePerson();
    for (let i = 0; i < 5; i++) await makeAgent(owner.id);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listAgents(systemCtx(), listAgentsSchema.parse({ ownerId: owner.id, limit: 2, cursor }));
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
      if (cursor)
        await expect(listAgents(systemCtx(), listAgentsSchema.parse({ limit: 2, cursor }))).rejects.toMatchObject({
          code: "invalid_cursor",
        });
    } while (cursor);
    expect(new Set(seen).size).toBe(5);
    expect(seen).toHaveLength(5);
  });
});

describe("an agent that introduced itself", () => {
  const introduced = async () => {
    const { id } = await makeAgent((await makePerson()).id, { kind: "interactive" });
    await db().agent.update({ where: { id }, data: { origin: "dynamic", ownerId: null } });
    return id;
  };

  it("is found among those that nobody owns until an admin takes it over, with the change on the record", async () => {
    const id = await introduced();
    const unowned = async (yes: string) =>
      (await listAgents(systemCtx(), listAgentsSchema.parse({ unowned: yes, limit: 200 }))).items.map((one) => one.id);
    expect([(await unowned("true")).includes(id), (await unowned("false")).includes(id)]).toEqual([true, false]);
    const owner = await makePerson({ consoleRole: "admin" });
    const { result, entries } = await observe(() =>
      updateAgent(personCtx({ ...owner, consoleRole: "admin" }), { agentId: id, ownerId: owner.id }),
    );
    expect(result).toMatchObject({ owner: { id: owner.id }, origin: "dynamic", documentHost: null });
    expect(entries).toMatchObject([{ action: "agent.update", outcome: "success", targetId: id }]);
    expect([(await unowned("true")).includes(id), (await unowned("false")).includes(id)]).toEqual([false, true]);
  });

  it("is not an auditor's to take over", async () => {
    const id = await introduced();
    const auditor = await makePerson({ consoleRole: "auditor" });
    const { error, entries } = await observe(() =>
      updateAgent(personCtx({ ...auditor, consoleRole: "auditor" }), { agentId: id, ownerId: auditor.id }),
    );
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "agent.update", outcome: "denied", targetId: id }]);
  });
});
