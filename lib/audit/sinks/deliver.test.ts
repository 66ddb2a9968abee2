import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loggedEntries } from "@/lib/testing/receiver";
import { backoffMs } from "./backoff";
import { deliver } from "./deliver";
import type { Batch, Receipt } from "./receiver";

const ACCEPTED: Receipt = { kind: "accepted" };

/** A receiver that refuses some entries whatever they come with, and goes away after some requests. */
function receiverThat(refuses: ReadonlySet<number>, endsAfter = Infinity) {
  const kept: number[] = [];
  let requests = 0;
  const send = ({ entries }: Batch): Promise<Receipt> => {
    if (requests++ >= endsAfter) return Promise.resolve({ kind: "later", why: "gone" });
    if (entries.some(({ idx }) => refuses.has(idx))) return Promise.resolve({ kind: "refused", why: "poison" });
    kept.push(...entries.map(({ idx }) => idx));
    return Promise.resolve(ACCEPTED);
  };
  return { kept, send, requests: () => requests };
}

const batchOf = (count: number): Batch => ({ id: "msg", series: "msg", start: 0, entries: loggedEntries(count) });
const probe = () => Promise.resolve(ACCEPTED);

describe("deliver", () => {
  it("gives up exactly the entries that the receiver refuses, and hands over every other one in order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.uniqueArray(fc.nat(39)), async (count, poison) => {
        const refuses = new Set(poison.filter((idx) => idx < count));
        const receiver = receiverThat(refuses);
        const done = await deliver(batchOf(count), { send: receiver.send, probe });
        expect(done.refused.map(({ entry }) => entry.idx)).toEqual([...refuses].sort((a, b) => a - b));
        const others = Array.from({ length: count }, (_, idx) => idx).filter((idx) => !refuses.has(idx));
        expect(receiver.kept).toEqual(others);
        expect(done).toMatchObject({ settled: count, accepted: others.length, later: null });
      }),
    );
  });

  it("settles no entry that the receiver has neither taken nor refused when it goes away in the middle", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.uniqueArray(fc.nat(29)), fc.nat(40), async (count, poison, ends) => {
        const receiver = receiverThat(new Set(poison), ends);
        const { settled, refused, accepted } = await deliver(batchOf(count), { send: receiver.send, probe });
        const known = new Set([...receiver.kept, ...refused.map(({ entry }) => entry.idx)]);
        expect([...known].sort((a, b) => a - b)).toEqual(Array.from({ length: settled }, (_, idx) => idx));
        expect(accepted).toBe(receiver.kept.length);
      }),
    ); // prettier-ignore
  });

  it("goes on halving where it was when the receiver failed in between", async () => {
    const receiver = receiverThat(new Set([0]), 4);
    const first = await deliver(batchOf(64), { send: receiver.send, probe });
    expect(first).toMatchObject({ settled: 0, end: 4, later: { why: "gone" } });
  });

  it("gives nothing up where the receiver refuses whatever is sent: then its settings are wrong", async () => {
    const receiver = receiverThat(new Set(Array.from({ length: 500 }, (_, idx) => idx)));
    const refused: Receipt = { kind: "refused", why: "It answered 400." };
    const done = await deliver(batchOf(500), { send: receiver.send, probe: () => Promise.resolve(refused) });
    expect(done).toMatchObject({
      settled: 0,
      refused: [],
      later: { why: expect.stringContaining("whatever is sent") },
    });
    expect(receiver.requests()).toBeLessThan(12);
  });
});

describe("backoffMs", () => {
  it("doubles from a second up to five minutes, half of it by chance", () => {
    const range = (failures: number) => [backoffMs(failures, () => 0), backoffMs(failures, () => 1)];
    expect([1, 2, 3, 9, 10, 500].map(range)).toEqual([
      [500, 1000],
      [1000, 2000],
      [2000, 4000],
      [128_000, 256_000],
      [150_000, 300_000],
      [150_000, 300_000],
    ]);
  });
});
