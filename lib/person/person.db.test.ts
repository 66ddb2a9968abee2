import { describe, expect, it } from "vitest";
import { CONSOLE_ROLE_PERMISSIONS } from "@/lib/authz/permissions";
import { db } from "@/lib/db";
import { newId } from "@/lib/id";
import { anonymousCtx, ctxOf, personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson, makeRole, makeServer } from "@/lib/testing/make";
import { openSession } from "@/lib/session/open";
import { createPerson } from "./create";
import { getPerson, listPeople } from "./list";
import { reinvitePerson } from "./reinvite";
import { createdPersonSchema, createPersonSchema, listPeopleSchema } from "./schema";
import { updatePerson } from "./update";

useTestDatabase();

let n = 0;
const input = (more: object = {}) =>
  createPersonSchema.parse({ email: `new-${++n}@example.com`, name: "New", consoleRole: "member", ...more });
const as = async (consoleRole: "owner" | "admin" | "auditor" | "member", more: object = {}) => {
  const person = await makePerson({ consoleRole });
  return { person, ctx: personCtx({ ...person, consoleRole }, more) };
};

describe("createPerson", () => {
  it("invites without a password: the URL carries the secret in its fragment, the table only its hash", async () => {
    const { result, entries } = await observe(() => createPerson(systemCtx(), input()));
    expect(() => createdPersonSchema.parse(result)).not.toThrow();
    expect(result).toMatchObject({ status: "invited", signIn: { password: false } });
    const secret = result?.inviteUrl?.split("#")[1] ?? "";
    expect(result?.inviteUrl).toMatch(/^http:\/\/localhost:\d+\/invite#[A-Za-z0-9_-]{43}$/);
    const links = await db().oneTimeLink.findMany({ where: { personId: result?.id } });
    expect(links).toHaveLength(1);
    expect(Buffer.from(links[0]?.hash ?? []).toString("base64url")).not.toContain(secret);
    expect(entries).toMatchObject([{ action: "person.invite", outcome: "success", targetId: result?.id }]);
    expect(JSON.stringify(entries.map(({ body }) => body))).not.toContain(secret);
  });

  it("creates an active person with a password and roles, and no link", async () => {
    const server = await makeServer();
    const role = await makeRole([server.id], ["tickets:read"]);
    const { result, entries } = await observe(() =>
      createPerson(systemCtx(), input({ password: "correct horse battery", roleIds: [role.id] })),
    );
    expect(result).toMatchObject({ status: "active", signIn: { password: true }, roles: [{ id: role.id }] });
    expect(result).not.toHaveProperty("inviteUrl");
    expect(entries.map(({ action }) => action)).toEqual(["person.create", "role.assign"]);
    expect(JSON.stringify(entries.map(({ body }) => body))).not.toContain("correct horse");
  });

  it.each(["auditor", "member"] as const)("refuses a %s, records it, and creates nothing", async (consoleRole) => {
    const { ctx } = await as(consoleRole);
    const wanted = input();
    const { error, entries } = await observe(() => createPerson(ctx, wanted));
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "person.create", outcome: "denied" }]);
    expect(await db().person.findUnique({ where: { email: wanted.email } })).toBeNull();
  });

  it("answers unauthenticated to nobody in particular", async () => {
    await expect(createPerson(anonymousCtx(), input())).rejects.toMatchObject({ code: "unauthenticated" });
  });

  it.each(["owner", "admin"] as const)("does not let an admin make an %s", async (consoleRole) => {
    const { ctx } = await as("admin");
    await expect(createPerson(ctx, input({ consoleRole }))).rejects.toMatchObject({ code: "forbidden" });
  });

  it("asks an owner for a recent proof of identity before making an owner", async () => {
    const { ctx } = await as("owner", { reauthenticatedAtSeconds: Date.now() / 1000 - 601 });
    const { error, entries } = await observe(() => createPerson(ctx, input({ consoleRole: "owner" })));
    expect(error).toMatchObject({ code: "reauthentication_required" });
    expect(entries).toMatchObject([{ outcome: "denied", reason: "reauthentication_required" }]);
  });

  it("lets exactly one of two creations of the same address at the same moment through", async () => {
    const wanted = input();
    const settled = await Promise.allSettled([1, 2].map(() => createPerson(systemCtx(), wanted)));
    expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const lost = settled.find((one) => one.status === "rejected");
    expect(lost?.reason).toMatchObject({ code: "email_taken", fields: [{ path: "email" }] });
  });
});

describe("updatePerson", () => {
  it("suspends: sessions end, the narrowing is numbered, before and after are recorded", async () => {
    const { person } = await as("member");
    const session = await db().$transaction((tx) =>
      openSession(systemCtx(), tx, { personId: person.id, method: "password", amr: ["pwd"] }),
    );
    const { result, entries } = await observe(() =>
      updatePerson(systemCtx(), { personId: person.id, status: "suspended" }),
    );
    expect(result).toMatchObject({ status: "suspended", counts: { openSessions: 0 } });
    expect(await db().session.findUnique({ where: { id: session.sessionId } })).not.toMatchObject({ revokedAt: null });
    expect(entries).toMatchObject([
      { action: "person.suspend", body: { changes: [{ field: "status", before: "active", after: "suspended" }] } },
    ]);
    expect(await db().change.findFirst({ where: { subjectKind: "person", subjectId: person.id } })).not.toBeNull();
  });

  it("leaves no entry where nothing changes", async () => {
    const { person } = await as("member");
    const { entries } = await observe(() => updatePerson(systemCtx(), { personId: person.id, name: person.name }));
    expect(entries).toEqual([]);
  });

  it("makes nobody active who never accepted the invitation", async () => {
    const invited = await makePerson({ status: "invited" });
    await expect(updatePerson(systemCtx(), { personId: invited.id, status: "active" })).rejects.toMatchObject({
      code: "validation_failed",
    });
    await updatePerson(systemCtx(), { personId: invited.id, status: "suspended" });
    const again = await updatePerson(systemCtx(), { personId: invited.id, status: "active" });
    expect(again.status).toBe("invited");
  });

  it("lets nobody raise themself, and records the attempt", async () => {
    const { person } = await as("member");
    // As an admin token of a member would be, were its permissions ever wider than its person's.
    const ctx = ctxOf({
      kind: "token",
      tokenId: newId("token"),
      name: "t",
      personId: person.id,
      agentId: null,
      scopes: [],
      permissions: CONSOLE_ROLE_PERMISSIONS.owner,
    });
    const { error, entries } = await observe(() => updatePerson(ctx, { personId: person.id, consoleRole: "owner" }));
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "person.update", outcome: "denied", targetId: person.id }]);
  });

  it("does not let an admin touch an owner or another admin, but their own name", async () => {
    const { ctx, person } = await as("admin");
    for (const role of ["owner", "admin"] as const) {
      const other = await makePerson({ consoleRole: role });
      await expect(updatePerson(ctx, { personId: other.id, status: "suspended" })).rejects.toMatchObject({
        code: "forbidden",
      });
    }
    await expect(updatePerson(ctx, { personId: person.id, name: "Renamed" })).resolves.toMatchObject({
      name: "Renamed",
    });
  });

  it("keeps one owner where two step down at the same moment", async () => {
    await db()
      .person.updateMany({ where: { consoleRole: "owner" }, data: { consoleRole: "member" } })
      .catch(() => null);
    const two = [await makePerson({ consoleRole: "owner" }), await makePerson({ consoleRole: "owner" })];
    const ids = two.map(({ id }) => id);
    const others = await db().person.findMany({ where: { consoleRole: "owner", id: { notIn: ids } } });
    for (const other of others) await updatePerson(systemCtx(), { personId: other.id, consoleRole: "member" });
    const settled = await Promise.allSettled(
      ids.map((personId) => updatePerson(systemCtx(), { personId, consoleRole: "member" })),
    );
    expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(settled.find((one) => one.status === "rejected")?.reason).toMatchObject({ code: "last_owner" });
  });

  it("answers person_not_found for an unknown id", async () => {
    await expect(updatePerson(systemCtx(), { personId: newId("person"), name: "x" })).rejects.toMatchObject({
      code: "person_not_found",
    });
  });
});

describe("reinvitePerson", () => {
  it("replaces the open invitation", async () => {
    const created = await createPerson(systemCtx(), input());
    const { result, entries } = await observe(() => reinvitePerson(systemCtx(), { personId: created.id }));
    expect(result?.inviteUrl).not.toBe(created.inviteUrl);
    expect(await db().oneTimeLink.count({ where: { personId: created.id, usedAt: null } })).toBe(1);
    expect(entries).toMatchObject([{ action: "person.invite", targetId: created.id }]);
  });

  it("answers not_live for somebody who accepted, and forbidden to a member", async () => {
    const active = await makePerson();
    await expect(reinvitePerson(systemCtx(), { personId: active.id })).rejects.toMatchObject({ code: "not_live" });
    const { ctx } = await as("member");
    await expect(reinvitePerson(ctx, { personId: active.id })).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("listPeople, getPerson", () => {
  it("shows a member themself alone, and answers person_not_found for others, recorded", async () => {
    const { ctx, person } = await as("member");
    const other = await makePerson();
    const page = await listPeople(ctx, listPeopleSchema.parse({}));
    expect(page.items.map(({ id }) => id)).toEqual([person.id]);
    const { error, entries } = await observe(() => getPerson(ctx, { personId: other.id }));
    expect(error).toMatchObject({ code: "person_not_found" });
    expect(entries).toMatchObject([{ action: "person.read", outcome: "denied", targetId: other.id }]);
  });

  it("pages through everybody once, and finds by name and address", async () => {
    const seen: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await listPeople(systemCtx(), listPeopleSchema.parse({ limit: 3, cursor }));
      seen.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(await db().person.count());
    const one = await makePerson({ name: "Zenobia Quell" });
    for (const q of ["zenobia", one.email.toUpperCase()])
      expect((await listPeople(systemCtx(), listPeopleSchema.parse({ q }))).items.map(({ id }) => id)).toContain(
        one.id,
      );
  });
});
