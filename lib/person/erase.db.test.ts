import { createHash } from "node:crypto";
import pg from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import { commitmentsIn, ERASED } from "@/lib/audit/personal/ref";
import { auditEntrySchema, searchAuditSchema } from "@/lib/audit/schema";
import { searchAuditPatiently } from "@/lib/audit/search";
import { noteBlocks } from "@/lib/audit/storage/blocks";
import { verifyAudit } from "@/lib/audit/verify";
import { db } from "@/lib/db";
import { createSavedSearch } from "@/lib/saved-search/create";
import { createSavedSearchSchema } from "@/lib/saved-search/schema";
import { openSession } from "@/lib/session/open";
import { actorOfSession } from "@/lib/session/lookup";
import { signInWithPassword } from "@/lib/session/sign-in";
import { signInWithIdentity } from "@/lib/session/sign-in-sso";
import { fillLog, signLog, withClient } from "@/lib/testing/audit-log";
import { checkBundle, exportAll } from "@/lib/testing/bundle";
import { anonymousCtx, ctxOf, personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson } from "@/lib/testing/make";
import { makeSecondFactor } from "@/lib/testing/make-second-factor";
import { makeTokenParties } from "@/lib/testing/make-token";
import { makeSink } from "@/lib/testing/sinks";
import { recordAlone } from "@/lib/verb";
import { unlinkIdentities } from "./unlink-identities";
import { createPerson } from "./create";
import { erasePerson } from "./erase";
import { updatePerson } from "./update";

useTestDatabase();

const NAME = "Zephyrine Quillfeather";
const BEFORE = "Zephyrine Oakenshaw";
const EMAIL = "z.quill@featherworks.example";
const SUBJECT = "subject-of-zephyrine";
/** Nothing of her, in any case: neither name, nor what stands before the @, nor the words that others searched for. */
const TRACES = /zephyrine|quillfeather|oakenshaw|z\.quill|featherworks/i;
const PASSWORD = "correct horse battery staple";

const search = async (q: string) =>
  (await searchAuditPatiently(systemCtx(), searchAuditSchema.parse({ q, readings: false }))).items;

/** Every row of every table as text, all of its columns, with the table's name; the moving parts of PostgreSQL's own are not ours. */
async function dump(): Promise<string[]> {
  const tables = await db().$queryRaw<{ name: string }[]>`
    SELECT format('%I', relname) AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`;
  const rows = await Promise.all(
    tables.map(({ name }) => db().$queryRawUnsafe<{ row: string }[]>(`SELECT '${name} ' || t::text AS row FROM ${name} AS t`)),
  );
  return rows.flat().map(({ row }) => row);
} // prettier-ignore

const suspended = (overrides: object = {}) => makePerson({ status: "suspended", ...overrides });
const ownerCtx = async (more: object = {}) =>
  personCtx({ ...(await makePerson({ consoleRole: "owner" })), consoleRole: "owner" }, more);
const rowsOf = (personId: string) => db().auditPersonal.count({ where: { personId } });

/** Somebody who has left traces everywhere, suspended at last. */
async function makeTraces(): Promise<string> {
  const { id } = await createPerson(systemCtx(), { name: BEFORE, email: EMAIL, consoleRole: "auditor", roleIds: [], password: PASSWORD }); // prettier-ignore
  await updatePerson(systemCtx(), { personId: id, name: NAME });
  const opened = await signInWithPassword(anonymousCtx(), { email: EMAIL, password: PASSWORD });
  const actor = "sessionId" in opened ? await actorOfSession(opened.sessionId, Date.now() / 1000) : null;
  if (!actor) throw new Error("no session");
  const ctx = ctxOf(actor);
  await signInWithPassword(anonymousCtx(), { email: EMAIL, password: "wrong" }).catch(() => undefined);
  const identity = { issuer: "https://idp.example", subject: SUBJECT, email: EMAIL, emailVerified: true, authTimeSeconds: null, amr: [] }; // prettier-ignore
  await signInWithIdentity(anonymousCtx(), { identity });
  await unlinkIdentities(ctx, { personId: id });
  await signInWithIdentity(anonymousCtx(), { identity });
  await searchAuditPatiently(ctx, searchAuditSchema.parse({ q: "denied" }));
  const { role, mint } = await makeTokenParties();
  await updatePerson(systemCtx(), { personId: id, roleIds: [role.id] });
  await mint({ personId: id, name: "Laptop of an auditor" });
  const auditor = personCtx({ ...(await makePerson({ consoleRole: "auditor" })), consoleRole: "auditor" });
  for (const q of [`actor:${EMAIL}`, `"${NAME}"`, "person:zephyrine", `target:"${BEFORE.toUpperCase()}"`])
    await searchAuditPatiently(auditor, searchAuditSchema.parse({ q }));
  await createSavedSearch(
    auditor,
    createSavedSearchSchema.parse({ name: `What ${NAME} did`, query: `actor:${EMAIL}` }),
  );
  await createSavedSearch(ctx, createSavedSearchSchema.parse({ name: "Mine, Zephyrine's", query: "outcome:denied" }));
  const { id: sinkId } = await makeSink("webhook", { url: "https://hooks.example" }, { query: `person:"${NAME}"` });
  const error = `422: no such user ${EMAIL.toUpperCase()}`;
  await db().auditDeadLetter.create({ data: { sinkId, idx: 1n, error } });
  await db().auditSink.update({ where: { id: sinkId }, data: { lastError: error } });
  await makeSecondFactor(id);
  await updatePerson(systemCtx(), { personId: id, status: "suspended" });
  return id;
}

describe("erasing somebody who has left traces everywhere", () => {
  let id: string;
  let before: { bundle: string; commitments: string[]; size: number; entries: unknown[] };
  const stored = () =>
    db().auditEntry.findMany({ orderBy: { idx: "asc" }, select: { idx: true, body: true, leaf: true } });
  beforeAll(async () => {
    id = await makeTraces();
    await fillLog(600);
    await withClient(async (client) => {
      while (await noteBlocks(client));
    });
    const size = await signLog();
    const entries = await search(`person:${id}`);
    const commitments = [...new Set(entries.flatMap(({ body }) => commitmentsIn(JSON.stringify(body))))];
    before = { bundle: await exportAll("bundle"), commitments, size, entries: await stored() };
    expect((await dump()).some((row) => TRACES.test(row)), "they are there before").toBe(true);
    expect((await search("quillfeather")).length).toBeGreaterThan(5);
    const { entries: left, result } = await observe(async () => erasePerson(await ownerCtx(), { personId: id, confirmName: NAME }));
    expect(result).toMatchObject({ name: "Erased person", consoleRole: "member", status: "suspended", signIn: { password: false, sso: false } });
    expect(left.map(({ action }) => action)).toEqual(["token.revoke", "role.unassign", "person.erase"]);
    expect(left.at(-1)?.opened).toMatchObject({ target: { kind: "person", id, name: null }, details: { forgotten: { identities: 1, savedSearches: 1, reworded: 2 } } });
    expect(JSON.stringify(left.map(({ body, opened }) => [body, opened]))).not.toMatch(TRACES);
  }, 60_000); // prettier-ignore

  it("leaves nothing of their name, their address and their account in any column of any table", async () => {
    const traces = (await dump()).filter((row) => TRACES.test(row));
    expect(traces).toEqual([]);
  });

  it("leaves every entry and every proof as it was: bundles of before and after are found good by both verifiers", async () => {
    expect(await verifyAudit(systemCtx(), {})).toMatchObject({ ok: true, firstBad: null });
    expect(checkBundle(before.bundle)).toMatchObject({ entries: before.size });
    const size = await signLog();
    const after = await exportAll("bundle");
    expect(checkBundle(after).entries).toBe(size);
    expect(await verifyAudit(systemCtx(), {})).toMatchObject({ ok: true, signed: size });
    expect((await stored()).slice(0, before.entries.length)).toEqual(before.entries);
  }); // prettier-ignore

  it("is read as erased, on pages, in every export and by id; and by the old names nothing is found any more", async () => {
    const entries = await search(`person:${id} -action:audit.*`);
    expect(entries.length).toBeGreaterThan(5);
    for (const entry of entries) {
      expect(() => auditEntrySchema.parse(entry)).not.toThrow();
      expect([null, ERASED]).toContain(entry.person?.id === id ? entry.person.name : null);
    }
    expect(entries.filter(({ person }) => person?.name === ERASED).length).toBeGreaterThan(5);
    for (const format of ["csv", "ndjson", "bundle"] as const) expect(await exportAll(format)).not.toMatch(TRACES);
    for (const q of [NAME, BEFORE, EMAIL, "zephyrine", "actor:zephyrine", `person:${EMAIL}`])
      expect(await search(q.includes(":") ? q : `"${q}"`)).toEqual([]);
  });

  it("lets nobody check a guess: no salt is left that would make one of the commitments", async () => {
    expect(before.commitments.length).toBeGreaterThan(3);
    const salts = (await db().auditPersonal.findMany({ select: { salt: true } })).map(({ salt }) => Buffer.from(salt));
    const hashes = new Set(
      [NAME, BEFORE, EMAIL, SUBJECT].flatMap((guess) =>
        [Buffer.alloc(0), ...salts].map((salt) => `pd:${createHash("sha256").update(salt).update(guess).digest("base64url")}`),
      ),
    );
    expect(before.commitments.filter((commitment) => hashes.has(commitment))).toEqual([]);
    const ofHers = await db().auditPersonal.findMany({ where: { commitment: { in: before.commitments }, field: { not: "text" } } });
    expect(ofHers.filter(({ personId }) => personId === id)).toEqual([]);
  }); // prettier-ignore

  it("has others' searches ask for the id from now on, frees the address, and lets nothing more be done with them", async () => {
    const [{ query, name } = { query: "", name: "" }] = await db().savedSearch.findMany();
    expect([query, name]).toEqual([`actor:${id}`, expect.stringMatching(/^Search /)]);
    const erased = { code: "person_erased" };
    await expect(updatePerson(systemCtx(), { personId: id, status: "active" })).rejects.toMatchObject(erased);
    await expect(updatePerson(systemCtx(), { personId: id, name: NAME })).rejects.toMatchObject(erased);
    await expect(db().person.update({ where: { id }, data: { name: NAME } })).rejects.toThrow();
    await expect(db().person.update({ where: { id }, data: { erasedAt: null } })).rejects.toThrow();
    const { email, erasedAt } = await db().person.findUniqueOrThrow({ where: { id } });
    expect([email, erasedAt]).toEqual([`${id}@erased.invalid`, expect.any(Date)]);
    const again = await createPerson(systemCtx(), { name: "Somebody Else", email: EMAIL, consoleRole: "member", roleIds: [] }); // prettier-ignore
    expect(again.id).not.toBe(id);
  });
});

describe("erasing somebody", () => {
  const outcomeOf = async (ctx: Parameters<typeof erasePerson>[0], personId: string, confirmName: string) => {
    const { error, entries } = await observe(() => erasePerson(ctx, { personId, confirmName }));
    return { code: (error as { code?: string } | null)?.code, entries };
  };

  it("is refused, recorded and does nothing, to all but owners who proved who they are lately, and to owners of themselves", async () => {
    const { id, name } = await suspended();
    const as = async (consoleRole: "admin" | "auditor" | "member") =>
      personCtx({ ...(await makePerson({ consoleRole })), consoleRole });
    const owner = await ownerCtx();
    const machine = { kind: "token", tokenId: "tok_1", name: "CI", personId: null, agentId: "agt_1", scopes: ["people:write"] } as const;
    const cases = [
      [anonymousCtx(), "unauthenticated"], [await as("admin"), "forbidden"], [await as("auditor"), "forbidden"], [await as("member"), "forbidden"],
      [await ownerCtx({ reauthenticatedAtSeconds: Date.now() / 1000 - 601 }), "reauthentication_required"],
      [ctxOf({ ...machine, permissions: owner.actor.permissions }), "forbidden"],
    ] as const;
    for (const [ctx, code] of cases) {
      const refused = await outcomeOf(ctx, id, name);
      expect(refused).toMatchObject({ code, entries: [{ action: "person.erase", outcome: "denied", reason: code, targetId: id }] });
      expect(JSON.stringify(refused.entries[0]?.opened)).not.toContain(name);
    }
    const self = owner.actor.kind === "person" ? owner.actor : null;
    expect(await outcomeOf(owner, self?.personId ?? "", self?.name ?? "")).toMatchObject({ code: "forbidden" });
    expect(await rowsOf(id)).toBe(2);
  }); // prettier-ignore

  it("wants somebody suspended, and their name letter by letter; so the last owner cannot be erased", async () => {
    const active = await makePerson();
    expect(await outcomeOf(systemCtx(), active.id, active.name)).toMatchObject({ code: "not_suspended" });
    const lastOwner = await makePerson({ consoleRole: "owner" });
    expect(await outcomeOf(systemCtx(), lastOwner.id, lastOwner.name)).toMatchObject({ code: "not_suspended" });
    const { id, name } = await suspended();
    for (const wrong of ["", name.toUpperCase(), `${name}x`, ERASED])
      expect(await outcomeOf(systemCtx(), id, wrong)).toMatchObject({ code: "validation_failed", entries: [] });
    expect(await outcomeOf(systemCtx(), "per_nobody", "x")).toMatchObject({ code: "person_not_found" });
    expect(await rowsOf(id)).toBe(2);
  });

  it("happens once, of two at once and of one after the other", async () => {
    const { id, name } = await suspended();
    const both = await Promise.allSettled([1, 2].map(() => erasePerson(systemCtx(), { personId: id, confirmName: name })));
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    for (const confirmName of [name, "Erased person"])
      expect(await outcomeOf(systemCtx(), id, confirmName)).toMatchObject({ code: "person_erased" });
    expect(await db().auditEntry.count({ where: { action: "person.erase", outcome: "success", targetId: id } })).toBe(1);
  }); // prettier-ignore

  it("waits for an entry under way that adds a value of theirs, and takes that too", async () => {
    const { id, name } = await suspended();
    const other = new pg.Client({ connectionString: process.env.DATABASE_URL });
    await other.connect();
    await other.query("BEGIN");
    await other.query("SELECT audit_commitment($1, 'name', 'Yesterday''s Name')", [id]);
    const erased = erasePerson(systemCtx(), { personId: id, confirmName: name });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await rowsOf(id), "it waits").toBe(2);
    await other.query("COMMIT");
    await other.end();
    await erased;
    expect(await rowsOf(id)).toBe(0);
  });

  it("adds no value and no salt for an entry that is written while it goes on, or after: what stands there has nothing behind it", async () => {
    const { id, name } = await suspended();
    const entry = () =>
      observe(() =>
        recordAlone(systemCtx(), [{ action: "session.sign_out", outcome: "success", person: { id, name } }]),
      );
    await withClient(async (client) => {
      await client.query("BEGIN");
      await client.query("SELECT FROM person WHERE id = $1 FOR UPDATE", [id]);
      await client.query("DELETE FROM audit_personal WHERE person_id = $1", [id]);
      await client.query("UPDATE person SET erased_at = now(), name = 'Erased person' WHERE id = $1", [id]);
      const written = recordAlone(systemCtx(), [
        { action: "session.sign_out", outcome: "success", person: { id, name: "A name of long ago" } },
      ]);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await client.query("COMMIT");
      await written;
    });
    const { entries } = await entry();
    expect(await rowsOf(id)).toBe(0);
    expect(entries).toMatchObject([{ opened: { person: { id, name: ERASED } } }]);
    expect(JSON.stringify(entries[0]?.body)).toMatch(/"name":"pd:[\w-]{43}"/);
  });

  it("ends what is open, at once", async () => {
    const person = await suspended();
    const { sessionId } = await db().$transaction((tx) =>
      openSession(systemCtx(), tx, { personId: person.id, method: "password", amr: ["pwd"] }),
    );
    await erasePerson(systemCtx(), { personId: person.id, confirmName: person.name });
    expect(await db().session.findUnique({ where: { id: sessionId } })).toMatchObject({ ip: null, userAgent: null, revokedAt: expect.any(Date) }); // prettier-ignore
    expect(await db().personRole.count({ where: { personId: person.id } })).toBe(0);
  });
});
