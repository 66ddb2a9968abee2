import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LeasedCache } from "./cache";
import type { Subject } from "./subject";

const role = (id: string): Subject => ({ kind: "role", id });
const token = (id: string): Subject => ({ kind: "token", id });

function filled(...entries: [key: string, subjects: Subject[]][]) {
  const cache = new LeasedCache();
  const table = cache.table<string>(100);
  const read = cache.beginRead();
  for (const [key, subjects] of entries) table.fill(read, key, `value of ${key}`, subjects);
  cache.endRead(read);
  return { cache, table };
}

const ALL = -1;

describe("LeasedCache", () => {
  it("drops every entry of a changed subject, and no other", () => {
    const { cache, table } = filled(
      ["a", [token("a"), role("r")]],
      ["b", [token("b"), role("r")]],
      ["c", [token("c")]],
    );
    cache.drop([role("r")]);
    expect([table.get("a"), table.get("b"), table.get("c")]).toEqual([undefined, undefined, "value of c"]);
  });

  it("drops everything where everything changed", () => {
    const { cache, table } = filled(["a", [token("a")]], ["b", [role("r")]]);
    cache.drop([{ kind: "all", id: "all" }]);
    expect([table.get("a"), table.get("b"), table.size]).toEqual([undefined, undefined, 0]);
  });

  it.each<[string, Subject]>([
    ["one of its subjects", role("r")],
    ["everything", { kind: "all", id: "all" }],
  ])("does not take what a read found where %s was changed since it began", (_what, changed) => {
    const { cache, table } = filled();
    const read = cache.beginRead();
    cache.drop([changed]);
    table.fill(read, "a", "stale", [token("a"), role("r")]);
    cache.endRead(read);
    expect(table.get("a")).toBeUndefined();
    const later = cache.beginRead();
    table.fill(later, "a", "fresh", [token("a"), role("r")]);
    expect(table.get("a")).toBe("fresh");
  });

  it("takes what a read found where only something else was changed", () => {
    const { cache, table } = filled();
    const read = cache.beginRead();
    cache.drop([role("other")]);
    table.fill(read, "a", "value", [token("a"), role("r")]);
    expect(table.get("a")).toBe("value");
  });

  it("drops an entry that was filled anew after an earlier drop, as often as it changes", () => {
    const { cache, table } = filled();
    for (let round = 0; round < 3; round++) {
      table.fill(cache.beginRead(), "a", `round ${round}`, [role("r")]);
      expect(table.get("a")).toBe(`round ${round}`);
      cache.drop([role("r")]);
      expect(table.get("a")).toBeUndefined();
    }
  });

  it("lets the entry used longest ago go first, by weight, and keeps out what is too heavy for it", () => {
    const cache = new LeasedCache();
    const table = cache.table<number>(3);
    const read = cache.beginRead();
    for (const key of ["a", "b", "c"]) table.fill(read, key, 1, [token(key)]);
    table.get("a");
    table.fill(read, "d", 1, [token("d")], 2);
    expect(["a", "b", "c", "d"].map((key) => table.get(key))).toEqual([1, undefined, undefined, 1]);
    table.fill(read, "e", 1, [], 4);
    expect(table.get("e")).toBeUndefined();
  });

  it("keeps what is in use while others pass through it once, and what was filled just now though all is in use", () => {
    const cache = new LeasedCache();
    const table = cache.table<number>(500);
    const read = cache.beginRead();
    const fill = (key: string) => table.fill(read, key, 1, [token(key)]);
    const kept = Array.from({ length: 50 }, (_, nth) => `in use ${nth}`);
    kept.forEach(fill);
    for (let nth = 0; nth < 5000; nth++) {
      fill(`once ${nth}`);
      kept.forEach((key) => table.get(key));
    }
    expect(kept.filter((key) => table.get(key) === undefined)).toEqual([]);
    for (let nth = 0; nth < 5000; nth++) {
      fill(`all in use ${nth}`);
      expect(table.get(`all in use ${nth}`)).toBe(1);
      expect(table.size).toBeLessThanOrEqual(500);
    }
  });

  it("answers only what was filled after the last change of each of its subjects, in any order of events", () => {
    const subject = fc.integer({ min: 0, max: 3 });
    const event = fc.oneof(
      fc.record({
        kind: fc.constant("begin" as const),
        key: fc.integer({ min: 0, max: 4 }),
        subjects: fc.array(subject),
      }),
      fc.record({ kind: fc.constant("fill" as const), nth: fc.nat(5) }),
      fc.record({ kind: fc.constant("drop" as const), subject }),
      fc.record({ kind: fc.constant("dropAll" as const) }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const cache = new LeasedCache();
        type Value = { begunAt: number; subjects: number[] };
        const table = cache.table<Value>(1000);
        const reads: (Value & { read: ReturnType<LeasedCache["beginRead"]>; key: number })[] = [];
        const changedAt = new Map<number, number>();
        const lastChange = ({ subjects }: Value) =>
          Math.max(0, changedAt.get(ALL) ?? 0, ...subjects.map((id) => changedAt.get(id) ?? 0));
        events.forEach((one, now) => {
          if (one.kind === "begin") reads.push({ ...one, read: cache.beginRead(), begunAt: now });
          else if (one.kind === "fill") {
            const [taken] = reads.splice(one.nth % Math.max(1, reads.length), 1);
            if (!taken) return;
            const { read, key, subjects, begunAt } = taken;
            table.fill(
              read,
              String(key),
              { begunAt, subjects },
              subjects.map((id) => role(String(id))),
            );
            cache.endRead(read);
          } else {
            const subject = one.kind === "drop" ? one.subject : ALL;
            cache.drop([subject === ALL ? { kind: "all", id: "all" } : role(String(subject))]);
            changedAt.set(subject, now);
          }
          for (let key = 0; key <= 4; key++) {
            const value = table.get(String(key));
            if (value) expect(value.begunAt).toBeGreaterThanOrEqual(lastChange(value));
          }
        });
      }),
    );
  });
});
