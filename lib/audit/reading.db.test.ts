import { describe, expect, it, vi } from "vitest";
import { db } from "@/lib/db";
import { personCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson } from "@/lib/testing/make";

useTestDatabase();

const T0 = 1_800_000_000;
/** `noteReading` as another process has it, which remembers nothing of this one. */
async function process() {
  vi.resetModules();
  return (await import("./reading")).noteReading;
}
const reader = async () => {
  const person = await makePerson({ consoleRole: "auditor" });
  return (second: number) =>
    personCtx({ ...person, consoleRole: "auditor" }, { nowSeconds: () => T0 + second });
}; // prettier-ignore
const search = (q: string, goesOn = false) => ({
  draft: { action: "audit.search" as const, outcome: "success" as const, details: { query: q } },
  ...{ same: { q }, goesOn },
});

describe("noteReading", () => {
  it("tells what was searched for once in five minutes for each reader and query, over all processes", async () => {
    const [ana, ben] = [await reader(), await reader()];
    const [here, there] = [await process(), await process()];
    const { entries } = await observe(async () => {
      await here(ana(0), search("zebra"));
      await here(ana(299), search("zebra"));
      await there(ana(299), search("zebra"));
      await there(ana(299), search("okapi"));
      await here(ben(299), search("zebra"));
      await there(ana(301), search("zebra"));
    });
    expect(entries.map(({ body }) => (body as { details: { query: string } }).details.query)).toEqual([
      ...["zebra", "okapi", "zebra", "zebra"],
    ]);
  });

  it("is one entry of two processes that note it at the same moment", async () => {
    const ana = await reader();
    const all = [await process(), await process(), await process()];
    const { entries } = await observe(() => Promise.all(all.map((note) => note(ana(0), search("gnu")))));
    expect(entries).toHaveLength(1);
  });

  it("tells a reading that goes on once, however long, and again where it had stopped", async () => {
    const ana = await reader();
    const note = await process();
    const { entries } = await observe(async () => {
      for (let second = 0; second < 1800; second += 2) await note(ana(second), search("live", true));
      await note(ana(2400), search("live", true));
    });
    expect(entries).toHaveLength(2);
  });

  it("is not told to have been read where it cannot be written", async () => {
    const ana = await reader();
    const note = await process();
    await db().$executeRaw`ALTER TABLE audit_reading ADD CONSTRAINT no_more CHECK (false) NOT VALID`;
    await expect(note(ana(0), search("eland"))).rejects.toMatchObject({ code: "unavailable" });
    await db().$executeRaw`ALTER TABLE audit_reading DROP CONSTRAINT no_more`;
    expect((await observe(() => note(ana(1), search("eland")))).entries).toHaveLength(1);
  });

  it("forgets readings that were told long ago", async () => {
    const ana = await reader();
    const note = await process();
    await note(ana(0), search("first"));
    await note(ana(100_000), search("second"));
    expect(await db().auditReading.count({ where: { at: { lt: new Date((T0 + 50_000) * 1000) } } })).toBe(0);
  });
});
