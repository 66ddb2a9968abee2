import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { FairTurns } from "./fair-turns";

function start({ atOnce = 1, waiting = 100, maxWaitMs = 1_000 } = {}) {
  const limit = { atOnce };
  const turns = new FairTurns({ atOnce: () => limit.atOnce, waiting, maxWaitMs });
  const begun: string[] = [];
  const endOf = new Map<string, () => void>();
  const take = (party: string, name: string, units = 1): Promise<string> =>
    turns.take(party, units, async () => {
      begun.push(name);
      await new Promise<void>((end) => endOf.set(name, end));
      return name;
    });
  const end = async (name: string) => {
    endOf.get(name)?.();
    await nextTurn();
  };
  return { turns, limit, begun, take, end };
}

describe("turns of several parties", () => {
  it("begin in their order within a party, so many at once", async () => {
    const { begun, take, end } = start({ atOnce: 2 });
    const all = ["1", "2", "3", "4"].map((name) => take("a", name));
    expect(begun).toEqual(["1", "2"]);
    await end("2");
    expect(begun).toEqual(["1", "2", "3"]);
    await end("1");
    await end("3");
    await end("4");
    expect(await Promise.all(all)).toEqual(["1", "2", "3", "4"]);
  });

  it("go around the parties: who brings a flood waits behind itself", async () => {
    const { begun, take, end } = start();
    const all = [take("flood", "f1"), take("flood", "f2"), take("flood", "f3"), take("b", "b1"), take("c", "c1")];
    for (const name of ["f1", "f2", "b1", "c1", "f3"]) await end(name);
    expect(begun).toEqual(["f1", "f2", "b1", "c1", "f3"]);
    await Promise.all(all);
  });

  it("let work of more units than fit run alone, and nothing overtake it", async () => {
    const { begun, take, end } = start({ atOnce: 3 });
    const all = [take("a", "small"), take("a", "large", 100), take("b", "late")];
    expect(begun).toEqual(["small"]);
    await end("small");
    expect(begun).toEqual(["small", "large"]);
    await end("large");
    expect(begun).toEqual(["small", "large", "late"]);
    await end("late");
    await Promise.all(all);
  });

  it("follow a limit that has changed meanwhile", async () => {
    const { limit, begun, take, end } = start();
    const all = ["1", "2", "3"].map((name) => take("a", name));
    limit.atOnce = 2;
    await end("1");
    expect(begun).toEqual(["1", "2", "3"]);
    await end("2");
    await end("3");
    await Promise.all(all);
  });

  it("are refused at once where too many wait, whosever they are", async () => {
    const { turns, take, end } = start({ waiting: 1 });
    const all = [take("a", "1"), take("a", "2")];
    await expect(take("b", "3")).rejects.toMatchObject({ code: "unavailable", retryAfterSeconds: 1 });
    expect(turns.waiting).toBe(1);
    await end("1");
    await end("2");
    await Promise.all(all);
    expect(turns.waiting).toBe(0);
  });

  it("are refused where they came too late, and the next one begins instead", async () => {
    const clock = vi.spyOn(performance, "now").mockReturnValue(0);
    const { begun, take, end } = start({ maxWaitMs: 900 });
    const first = take("a", "1");
    const late = take("a", "2");
    clock.mockReturnValue(500);
    const inTime = take("a", "3");
    clock.mockReturnValue(901);
    const refused = expect(late).rejects.toMatchObject({ code: "unavailable" });
    await end("1");
    expect(begun).toEqual(["1", "3"]);
    await refused;
    await end("3");
    await Promise.all([first, inTime]);
    clock.mockRestore();
  });

  it("end with work that fails: its failure is passed on, and the next one begins", async () => {
    const { turns, begun, take, end } = start();
    const failing = turns.take("a", 1, () => Promise.reject(new Error("no")));
    const next = take("a", "next");
    await expect(failing).rejects.toThrow("no");
    await nextTurn();
    expect(begun).toEqual(["next"]);
    await end("next");
    await next;
  });
});
