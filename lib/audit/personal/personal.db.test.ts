import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { compileFilter } from "@/lib/audit/filter";
import { auditFilterSchema, searchAuditSchema } from "@/lib/audit/schema";
import { searchAuditPatiently } from "@/lib/audit/search";
import { leafHash, prepareEntry } from "@/lib/audit/entry";
import { rowTypeOf, writeEntries } from "@/lib/audit/write";
import { db, pool } from "@/lib/db";
import { updatePerson } from "@/lib/person/update";
import { exportAll } from "@/lib/testing/bundle";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson } from "@/lib/testing/make";
import { recordAlone } from "@/lib/verb";
import { commitmentsIn } from "./ref";

useTestDatabase();

const rows = (personId: string) => db().auditPersonal.findMany({ where: { personId }, orderBy: { value: "asc" } });
const found = async (q: string) =>
  (await searchAuditPatiently(systemCtx(), searchAuditSchema.parse({ q, readings: false }))).items;
const exported = (format: "csv" | "ndjson", q: string) => exportAll(format, { q, readings: false });

describe("a person's commitments", () => {
  it("are made by the database: SHA-256(salt ‖ value), with a salt of its own for each value of each person", async () => {
    const [ada, other] = [await makePerson({ name: "Ada Quill" }), await makePerson({ name: "Ada Quill" })];
    const made = await rows(ada.id);
    expect(made.map(({ field, value }) => [field, value])).toEqual([["name", "Ada Quill"], ["email", ada.email]]);
    for (const { commitment, salt, value } of made) {
      const hashed = createHash("sha256").update(salt).update(value).digest("base64url");
      expect(commitment).toBe(`pd:${hashed}`);
    }
    expect([ada.nameRef, ada.emailRef]).toEqual(made.map(({ commitment }) => commitment));
    const all = [...made, ...(await rows(other.id))];
    expect(new Set(all.map(({ salt }) => Buffer.from(salt).toString("hex"))).size).toBe(4);
    expect(other.nameRef).not.toBe(ada.nameRef);
  }); // prettier-ignore

  it("stay the same for the same value, whoever asks at the same time, and are never rewritten", async () => {
    const person = await makePerson({ name: "Bea Thorn" });
    await updatePerson(systemCtx(), { personId: person.id, name: "Bea Rose" });
    await updatePerson(systemCtx(), { personId: person.id, name: "Bea Thorn" });
    const again = await db().person.findUniqueOrThrow({ where: { id: person.id } });
    expect(again.nameRef).toBe(person.nameRef);
    const asked = await Promise.all(
      Array.from({ length: 8 }, () => db().$queryRaw<{ ref: string }[]>`SELECT audit_commitment(${person.id}, 'name', 'Bea Third') AS ref`),
    );
    expect(new Set(asked.flat().map(({ ref }) => ref)).size).toBe(1);
    await expect(db().$executeRaw`UPDATE audit_personal SET value = 'x' WHERE person_id = ${person.id}`).rejects.toThrow();
  }); // prettier-ignore
});

describe("an entry", () => {
  it("holds commitments alone, and is read with what they stand for: on pages, in CSV and NDJSON", async () => {
    const name = "Cleo Vantage";
    const person = await makePerson({ name, consoleRole: "admin" });
    const ctx = personCtx({ ...person, consoleRole: "admin" });
    const { entries } = await observe(() => updatePerson(ctx, { personId: person.id, name: "Cleo V. Antage" }));
    expect(JSON.stringify(entries[0]?.body)).not.toMatch(/Cleo|example/);
    const [entry] = await found(`person:${person.id}`);
    expect(entry).toMatchObject({
      actor: { name },
      person: { name: "Cleo V. Antage" },
      target: { name: "Cleo V. Antage" },
    });
    expect(entry?.body).toEqual(entries[0]?.body);
    expect(Object.values(entry?.personal ?? {}).sort()).toEqual(["Cleo V. Antage", name, person.email].sort());
    expect(await exported("csv", `person:${person.id}`)).toContain(`,${name},`);
    const line = (await exported("ndjson", `person:${person.id}`)).split("\n")[0] ?? "";
    const { personal, body } = JSON.parse(line) as { personal: Record<string, string>; body: object };
    expect(Object.values(personal)).toContain(name);
    expect(commitmentsIn(JSON.stringify(body)).every((one) => one in personal)).toBe(true);
  });

  it("is found by name and address in any case and part, by one of yesterday too, and by nothing else", async () => {
    const person = await makePerson({ name: "Dunstan Möbius", email: "dunstan@moebius.example" });
    const about = { id: person.id, name: person.name };
    await recordAlone(personCtx({ ...person, consoleRole: "member" }), [{ action: "session.sign_out", outcome: "success", person: about }]);
    const { nameRef: _ref, ...tomorrow } = await db().person.update({ where: { id: person.id }, data: { name: "Somebody New" } });
    await recordAlone(systemCtx(), [{ action: "role.assign", outcome: "success", target: { kind: "person", ...tomorrow } }]);
    const actions = async (q: string) => (await found(q)).map(({ action }) => action);
    for (const q of ["dunstan", '"DUNSTAN möb"', "moebius.example", "actor:new"]) expect(await actions(q)).toEqual(["session.sign_out"]);
    expect(await actions('"somebody new"')).toEqual(["role.assign"]);
    expect(await actions(`person:somebody`)).toEqual(["role.assign", "session.sign_out"]);
    expect(await actions("dunstan -outcome:success")).toEqual([]);
    expect(await actions("dunstanx")).toEqual([]);
    const where = await compileFilter(db(), auditFilterSchema.parse({ q: "-dunstan", readings: false }), 0);
    const [{ count } = { count: -1 }] = await db().$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM audit_entry WHERE ${where} AND body LIKE ${`%${person.emailRef}%`}`;
    expect(count).toBe(0);
  }); // prettier-ignore

  it("of an older version stays readable and searchable, with the names that stand in it", async () => {
    const person = await makePerson({ name: "Present Name" });
    const about = { id: person.id, nameRef: person.nameRef };
    const entry = prepareEntry(systemCtx(), { action: "session.sign_out", outcome: "success", person: about });
    const body = entry.body.toString().replace(`"${person.nameRef}"`, '"Wilhelmina Past"').replace('"v":3', '"v":2');
    const old = { ...entry, body: Buffer.from(body), leaf: leafHash(body) };
    await writeEntries((text, values) => pool().query(text, values), await rowTypeOf(pool()), [old]);
    const [read] = await found('"wilhelmina past"');
    expect(read).toMatchObject({ id: entry.id, person: { id: person.id, name: "Wilhelmina Past" }, personal: {} });
    expect((await found(`person:${person.id}`)).map(({ id }) => id)).toEqual([entry.id]);
    expect(await exportAll("csv", { q: `person:${person.id}`, readings: false })).toContain("Wilhelmina Past");
  });

  it("of a search keeps its words as commitments, by which it is found", async () => {
    const ctx = personCtx({ ...(await makePerson({ consoleRole: "auditor" })), consoleRole: "auditor" });
    const { entries } = await observe(() => searchAuditPatiently(ctx, searchAuditSchema.parse({ q: "zanzibar", actor: "ulysses" })));
    expect(JSON.stringify(entries.map(({ body }) => body))).not.toMatch(/zanzibar|ulysses/);
    expect(entries).toMatchObject([{ action: "audit.search", opened: { details: { filter: { q: "zanzibar", actor: "ulysses" } } } }]);
    const page = await searchAuditPatiently(systemCtx(), searchAuditSchema.parse({ q: "zanzibar action:audit.search" }));
    expect(page.items.map(({ actor }) => actor.id)).toContain(ctx.actor.kind === "person" ? ctx.actor.personId : "");
  }); // prettier-ignore
});
