import { describe, expect, it } from "vitest";
import { Distribution, registry, Tally } from "./metrics";

describe("a metric of our own", () => {
  it("is told as Prometheus reads it: counters by their labels, buckets that add up", async () => {
    const tally = new Tally("gatehouse_test_total", "Tests.");
    tally.of({ kind: "a" }).value++;
    tally.of({ kind: "a" }).value++;
    tally.of({ kind: 'b"\n' }).value++;
    const spread = new Distribution("gatehouse_test_seconds", "How long.", [0.1, 1]).of({ kind: "a" });
    for (const seconds of [0.1, 0.5, 7]) spread.observe(seconds);
    expect(await registry.metrics()).toBe(
      [
        "# HELP gatehouse_test_total Tests.",
        "# TYPE gatehouse_test_total counter",
        'gatehouse_test_total{kind="a"} 2',
        'gatehouse_test_total{kind="b\\"\\n"} 1',
        "",
        "# HELP gatehouse_test_seconds How long.",
        "# TYPE gatehouse_test_seconds histogram",
        'gatehouse_test_seconds_bucket{kind="a",le="0.1"} 1',
        'gatehouse_test_seconds_bucket{kind="a",le="1"} 2',
        'gatehouse_test_seconds_bucket{kind="a",le="+Inf"} 3',
        'gatehouse_test_seconds_sum{kind="a"} 7.6',
        'gatehouse_test_seconds_count{kind="a"} 3',
        "",
      ].join("\n"),
    );
  });
});
