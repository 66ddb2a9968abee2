import { describe, expect, it } from "vitest";
import { merged } from "./histogram";
import { Tally } from "./tally";

const seen = (tally: Tally) => {
  const result = tally.result(0.5);
  return { ...result, latency: merged([result.latency]), lateness: merged([result.lateness]) };
};

describe("Tally", () => {
  it("keeps the latency of a call that was answered after the counted time, and leaves it out of the rate", () => {
    const tally = new Tally(1000, 2000);
    tally.good(1500, 1501, 10);
    tally.good(1900, 9900, 10);
    const { answered, perSecond, latency } = seen(tally);
    expect([answered, perSecond, latency.count, latency.max]).toEqual([1, 1, 2, 8_000_000]);
  });

  it("counts the latency from when a call was meant to leave, not from when it left", () => {
    const tally = new Tally(0, 1000);
    tally.sent(100, 400);
    tally.good(100, 405, 10);
    expect([seen(tally).lateness.max, seen(tally).latency.max]).toEqual([300_000, 305_000]);
  });

  it("counts nothing of the warm-up", () => {
    const tally = new Tally(1000, 2000);
    tally.sent(10, 20);
    tally.good(10, 20, 10);
    tally.bad(10, "status 503");
    expect(seen(tally)).toMatchObject({ answered: 0, errors: {}, latency: { count: 0 }, lateness: { count: 0 } });
  });

  it("counts errors by reason, apart from good answers", () => {
    const tally = new Tally(0, 1000);
    tally.bad(1, "status 503");
    tally.bad(2, "status 503");
    tally.bad(3, "not allowed");
    expect(seen(tally)).toMatchObject({ answered: 0, errors: { "status 503": 2, "not allowed": 1 } });
  });

  it("tells the generator's own load as a share of one core", () => {
    expect(new Tally(0, 2000).result(0.5).generatorLoad).toBe(0.25);
  });
});
