import { beforeEach, describe, expect, it, vi } from "vitest";
import { db } from "@/lib/db";
import { anonymousCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson } from "@/lib/testing/make";
import { acceptInvitation } from "./accept-invitation";
import { ensureFirstOwner, isFirstRun } from "./first-run";
import { makeLink } from "./link";
import { actorOfSession } from "./lookup";
import { openSession } from "./open";
import { signInWithPassword } from "./sign-in";

vi.stubEnv("GATEHOUSE_ADMIN_EMAIL", "First.Owner@Example.com");
vi.stubEnv("GATEHOUSE_ADMIN_PASSWORD", "correct horse battery");
useTestDatabase();

const email = "first.owner@example.com";
const signIn = (password = "correct horse battery") => signInWithPassword(anonymousCtx(), { email, password });

beforeEach(async () => {
  // The database itself keeps the last owner; only with its triggers off can a test begin without one again.
  await db().$transaction(async (tx) => {
    await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
    for (const table of ["one_time_link", "session", "person"]) await tx.$executeRawUnsafe(`DELETE FROM ${table}`);
  });
});

describe("the owner of the environment", () => {
  it("is made where there is none, once, with an entry that does not hold the password", async () => {
    const { result, entries } = await observe(() => ensureFirstOwner());
    expect(result).toBeNull();
    expect(entries).toMatchObject([{ action: "person.first_run", outcome: "success" }]);
    expect(JSON.stringify(entries.map(({ body }) => body))).not.toContain("horse");
    await expect(signIn()).resolves.toBeTruthy();
    expect(await isFirstRun()).toBe(false);
    expect((await observe(() => ensureFirstOwner())).entries).toEqual([]);
    expect(await db().person.count()).toBe(1);
  });

  it("is made once by two processes that start together", async () => {
    await Promise.all([ensureFirstOwner(), ensureFirstOwner()]);
    expect(await db().person.count({ where: { consoleRole: "owner" } })).toBe(1);
  });

  it("changes nothing where somebody else is the owner", async () => {
    await makePerson({ consoleRole: "owner" });
    const member = await makePerson({ email });
    expect((await observe(() => ensureFirstOwner())).entries).toEqual([]);
    expect(await db().person.findUnique({ where: { id: member.id } })).toMatchObject({ consoleRole: "member" });
  });

  it("raises an active person of that address, and ends what others may know of them", async () => {
    const person = await makePerson({ email, consoleRole: "auditor" });
    const { sessionId } = await db().$transaction((tx) =>
      openSession(systemCtx(), tx, { personId: person.id, method: "password", amr: ["pwd"] }),
    );
    const { entries } = await observe(() => ensureFirstOwner());
    expect(entries).toMatchObject([{ action: "person.first_run", reason: "raised", targetId: person.id }]);
    expect(entries[0]?.body).toMatchObject({ changes: [{ field: "consoleRole", before: "auditor", after: "owner" }] });
    expect(await actorOfSession(sessionId, Date.now() / 1000)).toBeNull();
    await expect(signIn()).resolves.toBeTruthy();
  });

  it("raises an invited person, and their invitation does not count any more", async () => {
    const person = await makePerson({ email, status: "invited" });
    const { url } = await db().$transaction((tx) =>
      makeLink(systemCtx(), tx, { purpose: "invitation", personId: person.id }),
    );
    await ensureFirstOwner();
    const accept = { link: url.split("#")[1] ?? "", name: "Whoever", password: "another password" };
    await expect(acceptInvitation(anonymousCtx(), accept)).rejects.toMatchObject({ code: "link_not_found" });
    await expect(signIn()).resolves.toBeTruthy();
  });

  it("is not made of somebody suspended: one sentence for the operator, and nothing changed", async () => {
    const person = await makePerson({ email, status: "suspended" });
    const { error, entries } = await observe(() => ensureFirstOwner());
    expect(error).toMatchObject({
      name: "EnvError",
      message: expect.stringMatching(/GATEHOUSE_ADMIN_EMAIL.*suspended/) as string,
    });
    expect(entries).toEqual([]);
    expect(await db().person.findUnique({ where: { id: person.id } })).toMatchObject({ status: "suspended" });
  });
});
