import { describe, expect, it } from "vitest";
import { judgeDeliveries, type Delivery } from "./deliveries";

const batch = (first: number, end: number, gotMs: number, more: Partial<Delivery> = {}): Delivery => ({
  id: `${first}_${end}`,
  content: `${first}_${end}`,
  taken: true,
  first,
  end,
  gotMs,
  ...more,
});
const LOG = { from: 5, to: 30 };
const kill = (atMs: number) => ({ kind: "keeper kill", atMs, healedMs: atMs + 100 });
const kinds = (deliveries: Delivery[], disruptions = [kill(250)]) =>
  judgeDeliveries(deliveries, LOG, disruptions).violations.map(({ kind }) => kind);

describe("what a receiver of the log got", () => {
  it("is good where every entry came, in order, and the batch that was under way at a kill came again", () => {
    const good = [batch(5, 10, 100), batch(10, 20, 200), batch(10, 20, 400), batch(20, 30, 500)];
    expect(judgeDeliveries(good, LOG, [kill(250)])).toEqual({ violations: [], entries: 25, repeated: 1 });
  });

  it("counts what was not taken for nothing", () => {
    expect(kinds([batch(5, 10, 100, { taken: false }), batch(5, 30, 200)], [])).toEqual([]);
    expect(kinds([batch(5, 30, 200, { taken: false })])).toEqual(["sink_gap"]);
  });

  it("lacks what was left out, in the middle and at the end", () => {
    expect(kinds([batch(5, 10, 100), batch(12, 30, 200)])).toEqual(["sink_gap"]);
    expect(kinds([batch(5, 10, 100)])).toEqual(["sink_gap"]);
    expect(kinds([])).toEqual(["sink_gap"]);
  });

  it("has a double too many where nothing was ended, or where the sender had moved on before", () => {
    const again = [batch(5, 10, 100), batch(5, 10, 150), batch(10, 30, 200)];
    expect(kinds(again, [])).toEqual(["sink_double"]);
    expect(kinds([batch(5, 10, 100), batch(10, 30, 200), batch(5, 10, 300)])).toEqual(["sink_double"]);
    expect(kinds([batch(5, 10, 100), batch(10, 30, 200), batch(10, 30, 90_000)])).toEqual(["sink_double"]);
  });

  it("is torn where a batch comes again in another form", () => {
    expect(kinds([batch(5, 10, 100), batch(10, 30, 200), batch(10, 20, 300)])).toEqual(["sink_torn"]);
    expect(kinds([batch(5, 10, 100), batch(10, 30, 200), batch(10, 30, 300, { content: "x" })])).toEqual(["sink_torn"]);
  });
});
