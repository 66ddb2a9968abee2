import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { newId } from "@/lib/id";
import { personCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makeAgent, makePerson, makeServer } from "@/lib/testing/make";
import { narrowGrant } from "./narrow-grant";
import { revokeGrant } from "./revoke-grant";

useTestDatabase();
type Person = Awaited<ReturnType<typeof makePerson>>;
let person: Person;
let server: Awaited<ReturnType<typeof makeServer>>;
beforeAll(async () => {
  [person, server] = [await makePerson(), await makeServer()];
});

const BOTH = ["tickets:read", "tickets:write"];
async function makeGrant(more: { expiresAt?: Date } = {}): Promise<string> {
  const agent = await makeAgent(person.id, { kind: "interactive" });
  const { id } = await db().oauthGrant.create({
    data: {
      ...{ id: newId("grant"), personId: person.id, agentId: agent.id, serverId: server.id },
      createdAt: new Date(Date.now() - 7_200_000),
      expiresAt: more.expiresAt ?? new Date(Date.now() + 3_600_000),
      scopes: { create: Object.values(server.scopes).map(({ id: scopeId }) => ({ scopeId })) },
    },
  });
  return id;
}
const scopesOf = async (grantId: string) =>
  (await db().oauthGrantScope.findMany({ where: { grantId }, select: { scope: { select: { name: true } } } }))
    .map(({ scope }) => scope.name)
    .sort();
const narrowings = () => db().change.count({ where: { narrows: true } });

describe("narrowGrant", () => {
  it("takes scopes out once, announced, with before and after on the record; again it changes nothing", async () => {
    const id = await makeGrant();
    const before = await narrowings();
    const take = () =>
      narrowGrant(personCtx(person), { id, removeScopes: ["tickets:write", "none:such"], reason: "too much" });
    const { result, entries } = await observe(take);
    expect(result?.scopes).toEqual([{ name: "tickets:read", access: "read" }]);
    expect(entries).toMatchObject([
      {
        action: "grant.narrow",
        outcome: "success",
        reason: "too much",
        targetId: id,
        body: { changes: [{ field: "scopes", before: BOTH, after: ["tickets:read"] }], person: { id: person.id } },
      },
    ]);
    expect(await narrowings()).toBe(before + 1);
    expect((await observe(take)).entries).toEqual([]);
    expect(await narrowings()).toBe(before + 1);
  });

  it("takes out everything for nobody: that is to end it", async () => {
    const id = await makeGrant();
    const { error, entries } = await observe(() => narrowGrant(personCtx(person), { id, removeScopes: BOTH }));
    expect(error).toMatchObject({ code: "validation_failed", fields: [{ path: "removeScopes" }] });
    expect(entries).toEqual([]);
    expect(await scopesOf(id)).toEqual(BOTH);
  });

  it("is the person's own and the admins', and another's grant is not there", async () => {
    const id = await makeGrant();
    const input = { id, removeScopes: ["tickets:write"] };
    for (const consoleRole of ["member", "auditor"] as const) {
      const { error, entries } = await observe(async () =>
        narrowGrant(personCtx(await makePerson({ consoleRole })), input),
      );
      expect(error).toMatchObject({ code: "grant_not_found" });
      expect(entries).toMatchObject([{ action: "grant.narrow", outcome: "denied", targetId: id }]);
    }
    expect(await scopesOf(id)).toEqual(BOTH);
    await narrowGrant(personCtx(await makePerson({ consoleRole: "admin" })), input);
    expect(await scopesOf(id)).toEqual(["tickets:read"]);
  });

  it("changes nothing of what is over", async () => {
    const [ended, expired] = [await makeGrant(), await makeGrant({ expiresAt: new Date(Date.now() - 60_000) })];
    await revokeGrant(personCtx(person), { id: ended, urgent: false });
    for (const id of [ended, expired])
      await expect(narrowGrant(personCtx(person), { id, removeScopes: ["tickets:write"] })).rejects.toMatchObject({
        code: "not_live",
      });
    await expect(
      narrowGrant(personCtx(person), { id: newId("grant"), removeScopes: ["tickets:write"] }),
    ).rejects.toMatchObject({ code: "grant_not_found" });
  });

  it("leaves one scope, or says why not, where two take out one each at the same moment", async () => {
    const id = await makeGrant();
    const done = await Promise.allSettled(
      BOTH.map((name) => narrowGrant(personCtx(person), { id, removeScopes: [name] })),
    );
    expect(done.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await scopesOf(id)).toHaveLength(1);
  });
});
