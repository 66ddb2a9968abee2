import { describe, expect, it } from "vitest";
import { SharedReads } from "./shared-reads";

/** Reads that are let go one by one: each finds the number of those begun before it. */
function held() {
  const reads = new SharedReads<number>();
  const waiting: { end: () => void; fail: () => void }[] = [];
  let begun = 0;
  const load = (key = "a") =>
    reads.load(key, () => {
      const nth = begun++;
      return new Promise((resolve, reject) =>
        waiting.push({ end: () => resolve(nth), fail: () => reject(new Error(`read ${nth} failed`)) }),
      );
    });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { load, waiting, begun: () => begun, settled };
}

describe("SharedReads", () => {
  it("never lets anybody join a read that had begun before they asked", async () => {
    const { load, waiting, begun, settled } = held();
    const first = load();
    const [second, third] = [load(), load()];
    expect(begun()).toBe(1);
    waiting[0]?.end();
    await settled();
    const fourth = load();
    expect(begun()).toBe(2);
    waiting[1]?.end();
    await settled();
    waiting[2]?.end();
    expect(await Promise.all([first, second, third, fourth])).toEqual([0, 1, 1, 2]);
  });

  it("reads again after one has ended, and each thing by itself", async () => {
    const { load, waiting, begun } = held();
    const first = load();
    waiting[0]?.end();
    await first;
    const [again, other] = [load(), load("b")];
    expect(begun()).toBe(3);
    for (const { end } of waiting) end();
    expect(await Promise.all([again, other])).toEqual([1, 2]);
  });

  it("fails for those who joined it alone, and the next one begins all the same", async () => {
    const { load, waiting, settled } = held();
    const first = load();
    const second = load();
    waiting[0]?.fail();
    await expect(first).rejects.toThrow("read 0 failed");
    await settled();
    waiting[1]?.end();
    expect(await second).toBe(1);
  });
});
