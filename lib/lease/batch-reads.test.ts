import { describe, expect, it } from "vitest";
import { BatchReads } from "./batch-reads";

/** Reads that are let go one by one: each finds of every key the number of reads begun before it. */
function held(options = { atOnce: 1, most: 3 }) {
  const begun: { group: string; keys: string[]; end: () => void; fail: () => void }[] = [];
  const reads = new BatchReads<string, number>((group, items) => {
    const nth = begun.length;
    const keys = [...items.keys()];
    return new Promise((resolve, reject) =>
      begun.push({
        group,
        keys,
        end: () => resolve(new Map(keys.map((key) => [key, nth]))),
        fail: () => reject(new Error(`read ${nth} failed`)),
      }),
    );
  }, options);
  const load = (group: string, ...keys: string[]) => {
    const found = reads.load(group, new Map(keys.map((key) => [key, key])));
    return found.then((all) => keys.map((key) => all.get(key)));
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { load, begun, settled };
}

describe("BatchReads", () => {
  it("reads together what is asked in one turn, and never lets anybody join a read that had begun before", async () => {
    const { load, begun, settled } = held();
    const [first, second] = [load("a", "x"), load("a", "y")];
    await settled();
    const third = load("a", "x"); // x is being read: that may be from before this was asked
    await settled();
    expect(begun.map(({ keys }) => keys)).toEqual([["x", "y"]]);
    begun[0]?.end();
    await settled();
    expect(begun.map(({ keys }) => keys)).toEqual([["x", "y"], ["x"]]);
    begun[1]?.end();
    expect(await Promise.all([first, second, third])).toEqual([[0], [0], [1]]);
  });

  it("never tears apart what was asked together, and begins another batch where one is full", async () => {
    const { load, begun, settled } = held({ atOnce: 9, most: 3 });
    const all = [load("a", "1", "2"), load("a", "3", "4"), load("a", "5"), load("a", "6", "7", "8", "9")];
    await settled();
    expect(begun.map(({ keys }) => keys)).toEqual([
      ["1", "2"],
      ["3", "4", "5"],
      ["6", "7", "8", "9"],
    ]);
    for (const { end } of begun) end();
    expect(await Promise.all(all)).toEqual([[0, 0], [1, 1], [1], [2, 2, 2, 2]]);
  });

  it("keeps groups apart, and no more reads under way than it may", async () => {
    const { load, begun, settled } = held({ atOnce: 2, most: 3 });
    const all = [load("a", "x"), load("b", "x"), load("c", "x"), load("a", "y")];
    await settled();
    expect(begun.map(({ group, keys }) => [group, ...keys])).toEqual([
      ["a", "x", "y"],
      ["b", "x"],
    ]);
    begun[1]?.end();
    await settled();
    expect(begun.map(({ group }) => group)).toEqual(["a", "b", "c"]);
    for (const { end } of begun) end();
    expect(await Promise.all(all)).toEqual([[0], [1], [2], [0]]);
  });

  it("fails for those of the failed read alone, and goes on", async () => {
    const { load, begun, settled } = held();
    const first = load("a", "x");
    await settled();
    const second = load("a", "x");
    begun[0]?.fail();
    await expect(first).rejects.toThrow("read 0 failed");
    await settled();
    begun[1]?.end();
    expect(await second).toEqual([1]);
  });
});
