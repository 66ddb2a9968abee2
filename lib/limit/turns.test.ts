import { describe, expect, it } from "vitest";
import { takeTurns, takeTurnsByKey } from "./turns";

/** Work that ends when told to. */
function held() {
  let end: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (end = resolve));
  return { work: () => done, end };
}

describe("takeTurns", () => {
  it("runs as many at once as it may, lets as many wait, and refuses the rest at once", async () => {
    const inTurn = takeTurns({ atOnce: 1, waiting: 1 });
    const first = held();
    const order: string[] = [];
    const a = inTurn(first.work).then(() => order.push("a"));
    const b = inTurn(() => Promise.resolve(order.push("b")));
    await expect(inTurn(() => Promise.resolve(order.push("c")))).rejects.toMatchObject({
      code: "unavailable",
      retryAfterSeconds: 1,
    });
    expect(order).toEqual([]);
    first.end();
    await Promise.all([a, b]);
    expect(order).not.toContain("c");
    expect(order).toHaveLength(2);
  });

  it("gives a turn back where the work fails", async () => {
    const inTurn = takeTurns({ atOnce: 1, waiting: 0 });
    await expect(inTurn(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(await inTurn(() => Promise.resolve(1))).toBe(1);
  });
});

describe("takeTurnsByKey", () => {
  it("lets the work of one key wait for one another, and no other key's for it", async () => {
    const inTurn = takeTurnsByKey({ waiting: 1 });
    const first = held();
    const order: string[] = [];
    const a = inTurn("family", first.work).then(() => order.push("a"));
    const b = inTurn("family", () => Promise.resolve(order.push("b")));
    await expect(inTurn("family", () => Promise.resolve())).rejects.toMatchObject({ code: "unavailable" });
    await inTurn("another", () => Promise.resolve(order.push("other")));
    expect(order).toEqual(["other"]);
    first.end();
    await Promise.all([a, b]);
    expect(order.sort()).toEqual(["a", "b", "other"]);
    await inTurn("family", () => Promise.resolve(order.push("again")));
    expect(order).toContain("again");
  });
});
