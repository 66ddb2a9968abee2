import { beforeAll, describe, expect, it } from "vitest";
import { db, pool } from "@/lib/db";
import { listNotices } from "@/lib/notice/list";
import { listNoticesSchema, noticeSchema } from "@/lib/notice/schema";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson } from "@/lib/testing/make";
import { recordAlone } from "@/lib/verb";
import { createSavedSearch } from "./create";
import { deleteSavedSearch } from "./delete";
import { listSavedSearches } from "./list";
import { createSavedSearchSchema, savedSearchSchema } from "./schema";
import { updateSavedSearch } from "./update";
import { watchSearches } from "./watch";

useTestDatabase();

type PersonCtx = ReturnType<typeof personCtx>;
const people: Record<"admin" | "auditor" | "other" | "member", PersonCtx> = {} as never;
let nth = 0;
const unique = (word: string) => `${word} ${++nth}`;

beforeAll(async () => {
  for (const [name, consoleRole] of [
    ["admin", "admin"],
    ["auditor", "auditor"],
    ["other", "auditor"],
    ["member", "member"],
  ] as const) {
    const person = await makePerson({ consoleRole, name });
    people[name] = personCtx({ ...person, consoleRole });
  }
});

const save = (ctx: PersonCtx, more: object = {}) =>
  createSavedSearch(ctx, createSavedSearchSchema.parse({ name: unique("Search"), query: "zebra", ...more }));
const names = async (ctx: PersonCtx) => (await listSavedSearches(ctx, {})).items.map(({ name }) => name);

describe("saved searches", () => {
  it("are kept, changed and removed with an entry each that tells what, and are of the agreed shape", async () => {
    const made = await observe(() => save(people.auditor, { query: "reason:expired", alert: { threshold: 5 } }));
    const search = savedSearchSchema.parse(made.result);
    expect(search).toMatchObject({ alert: { threshold: 5, windowSeconds: 300 }, changeable: true, shared: false });
    expect(made.entries).toMatchObject([{ action: "saved_search.create", outcome: "success" }]);
    expect(JSON.stringify(made.entries[0]?.opened)).toContain("reason:expired");
    expect(JSON.stringify(made.entries[0]?.body)).not.toContain("reason:expired");
    const id = { savedSearchId: search.id };
    const changed = await observe(() => updateSavedSearch(people.auditor, { ...id, shared: true, alert: null }));
    expect(changed.result).toMatchObject({ shared: true, alert: null, query: "reason:expired" });
    expect(changed.entries).toMatchObject([{ action: "saved_search.update", outcome: "success" }]);
    expect((await observe(() => updateSavedSearch(people.auditor, { ...id, shared: true }))).entries).toEqual([]);
    const removed = await observe(() => deleteSavedSearch(people.auditor, id));
    expect(removed.entries).toMatchObject([{ action: "saved_search.delete", outcome: "success" }]);
    expect(await names(people.auditor)).not.toContain(search.name);
  });

  it("are the owner's alone until shared; an admin may change what is shared, and does not see what is not", async () => {
    const search = await save(people.auditor);
    const id = { savedSearchId: search.id };
    for (const stranger of [people.other, people.admin]) {
      expect(await names(stranger)).not.toContain(search.name);
      const tried = await observe(() => updateSavedSearch(stranger, { ...id, name: "Mine" }));
      expect(tried.error).toMatchObject({ code: "saved_search_not_found" });
      expect(tried.entries).toMatchObject([{ action: "saved_search.update", outcome: "denied" }]);
    }
    await updateSavedSearch(people.auditor, { ...id, shared: true });
    expect(await names(people.other)).toContain(search.name);
    await expect(deleteSavedSearch(people.other, id)).rejects.toMatchObject({ code: "forbidden" });
    expect(await updateSavedSearch(people.admin, { ...id, name: unique("Renamed") })).toMatchObject({
      changeable: true,
    });
  });

  it("refuse a member, a name that is taken, a query that is none, and an owner that is not oneself", async () => {
    const refused = await observe(() => save(people.member));
    expect(refused.error).toMatchObject({ code: "forbidden" });
    expect(refused.entries).toMatchObject([{ action: "saved_search.create", outcome: "denied" }]);
    const { name } = await save(people.auditor);
    await expect(save(people.auditor, { name })).rejects.toMatchObject({ code: "name_taken" });
    await save(people.other, { name });
    for (const query of ["outcome:(", "nonsense:x", ""])
      expect(createSavedSearchSchema.safeParse({ name: "x", query }).success, query).toBe(false);
    const owner = people.admin.actor.kind === "person" ? people.admin.actor.personId : "";
    await expect(save(people.auditor, { ownerId: owner })).rejects.toMatchObject({ code: "forbidden" });
    await expect(createSavedSearch(systemCtx(), createSavedSearchSchema.parse({ name: "x", query: "y" }))).rejects.toMatchObject({
      fields: [{ path: "ownerId" }],
    }); // prettier-ignore
  });
});

describe("alerts", () => {
  const T0 = 1_800_000_000;
  const put = (word: string, second = 0) =>
    recordAlone(systemCtx({ nowSeconds: () => T0 + second }), [
      { action: "token.validate", outcome: "deny", reason: "expired", tool: word },
    ]);
  async function watch(second: number): Promise<void> {
    const client = await pool().connect();
    try {
      while (await watchSearches(client, systemCtx({ nowSeconds: () => T0 + second })));
    } finally {
      client.release();
    }
  }
  const alertsOf = async (ctx: PersonCtx, name: string) =>
    (await listNotices(ctx, listNoticesSchema.parse({ limit: 200 }))).items
      .map((notice) => noticeSchema.parse(notice))
      .filter(({ alert }) => alert?.search?.name === name);

  it("tell the owner once, with an entry, when as many match within the window, and nobody before", async () => {
    const word = unique("okapi").replace(" ", "");
    await put(word, 0);
    const { name, id } = await save(people.auditor, { query: word, alert: { threshold: 3, windowSeconds: 60 } });
    for (const second of [1, 2]) await put(word, second);
    await watch(2);
    expect(await alertsOf(people.auditor, name), "what was there before does not count").toEqual([]);
    await put(word, 3);
    const { entries } = await observe(() => watch(3));
    expect(entries).toMatchObject([{ action: "audit.alert", opened: { details: { matches: 3, query: word }, target: { id } } }]);
    await watch(4);
    const [notice, ...more] = await alertsOf(people.auditor, name);
    expect(more).toEqual([]);
    expect(notice).toMatchObject({ kind: "audit_alert", to: "person", alert: { matches: 3 } });
    expect(await alertsOf(people.other, name)).toEqual([]);
    expect((await db().auditEntry.findFirstOrThrow({ where: { id: notice?.alert?.entryId } })).action).toBe("audit.alert");
  }); // prettier-ignore

  it("of shared searches tell all who are told what the admins are", async () => {
    const word = unique("tapir").replace(" ", "");
    const { name } = await save(people.auditor, { query: word, shared: true, alert: { threshold: 1 } });
    await put(word);
    await watch(0);
    expect(await alertsOf(people.other, name)).toMatchObject([{ to: "admins" }]);
  });

  it("miss nothing and tell nothing twice, where one dies between looking and telling, and where two look at once", async () => {
    const word = unique("quagga").replace(" ", "");
    const { name } = await save(people.auditor, { query: word, alert: { threshold: 1, windowSeconds: 60 } });
    await put(word, 1000);
    await pool().query("ALTER TABLE notice ADD CONSTRAINT no_more CHECK (false) NOT VALID");
    await expect(watch(1000)).rejects.toThrow("no_more");
    await pool().query("ALTER TABLE notice DROP CONSTRAINT no_more");
    await put(word, 1001);
    await Promise.all([watch(1002), watch(1002), watch(1002)]);
    expect(await alertsOf(people.auditor, name)).toMatchObject([{ alert: { matches: 2 } }]);
    for (const second of [1003, 1004]) await put(word, second);
    await watch(1005);
    expect(await alertsOf(people.auditor, name), "at most once in a window").toHaveLength(1);
    await watch(1063);
    expect((await alertsOf(people.auditor, name)).map(({ alert }) => alert?.matches)).toEqual([2, 2]);
  });

  it("are not set off by alerts", async () => {
    const { name } = await save(people.admin, { query: "action:audit.*", alert: { threshold: 1, windowSeconds: 60 } });
    const word = unique("auditalert").replace(" ", "");
    await save(people.admin, { query: word, alert: { threshold: 1, windowSeconds: 60 } });
    await put(word, 5000);
    await watch(5000);
    await watch(6000);
    expect(await alertsOf(people.admin, name)).toEqual([]);
  });

  it("of an owner who may not read the log any more say so, tell nothing, and keep no other waiting", async () => {
    const word = unique("saola").replace(" ", "");
    const leaver = await makePerson({ consoleRole: "auditor" });
    const theirs = personCtx({ ...leaver, consoleRole: "auditor" });
    const first = await save(theirs, { query: word, shared: true, alert: { threshold: 1 } });
    const second = await save(people.auditor, { query: word, alert: { threshold: 1 } });
    await db().person.update({ where: { id: leaver.id }, data: { status: "suspended", suspendedAt: new Date() } });
    await put(word, 9000);
    await watch(9000);
    expect(await alertsOf(people.auditor, second.name)).toHaveLength(1);
    expect(await alertsOf(people.other, first.name)).toEqual([]);
    const { items } = await listSavedSearches(people.admin, {});
    expect(items.find(({ id }) => id === first.id)?.alert?.fault).toContain("may not read the audit log");
  });
});
