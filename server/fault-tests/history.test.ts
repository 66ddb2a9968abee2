import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkToken, type Operation } from "./history";

const validate = (
  outcome: "allow" | "revoked" | "failed",
  invokedMs: number,
  respondedMs: number,
  where = "a",
): Operation => ({ kind: "validate", where, outcome, invokedMs, respondedMs });
const revoke = (
  outcome: "done" | "failed",
  invokedMs: number,
  respondedMs: number,
  more: { urgent?: boolean } = {},
): Operation => ({ kind: "revoke", where: "a", outcome, invokedMs, respondedMs, ...more });

/** The definition itself: is there an order of the operations that keeps real time and that a register explains? */
function isLinearizable(remaining: readonly Operation[], revoked = false): boolean {
  const mustHappen = remaining.filter(({ outcome }) => outcome !== "failed");
  if (mustHappen.length === 0) return true;
  return remaining.some((next, nth) => {
    const isLate = mustHappen.some((other) => other !== next && other.respondedMs < next.invokedMs);
    if (isLate) return false;
    if (next.kind === "validate" && next.outcome !== "failed" && revoked !== (next.outcome === "revoked")) return false;
    const rest = remaining.filter((_, index) => index !== nth);
    return isLinearizable(rest, revoked || next.kind === "revoke");
  });
}

const interval = fc.tuple(fc.nat(12), fc.nat(6));
const operation: fc.Arbitrary<Operation> = fc
  .oneof(
    {
      weight: 3,
      arbitrary: fc.tuple(fc.constantFrom("allow", "revoked", "failed"), interval, fc.constantFrom("a", "b")),
    },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom("done", "maybe"), interval, fc.constant("a")) },
  )
  .map(([outcome, [invokedMs, lastsMs], where]) =>
    outcome === "done" || outcome === "maybe"
      ? revoke(outcome === "done" ? "done" : "failed", invokedMs, invokedMs + lastsMs)
      : validate(outcome as "allow", invokedMs, invokedMs + lastsMs, where),
  );

describe("checkToken", () => {
  it("finds a violation exactly where no order of the operations explains the answers", () => {
    let violated = 0;
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 7 }), (operations) => {
        const found = checkToken(operations);
        if (found.length > 0) violated++;
        expect(found.length === 0).toBe(isLinearizable(operations));
      }),
      { numRuns: 4_000, seed: 20_261_121 },
    );
    expect(violated).toBeGreaterThan(500); // both sides of the equivalence were tried
    expect(violated).toBeLessThan(3_500);
  });

  it("names every allow that was asked for after a revocation was answered", () => {
    const done = revoke("done", 10, 20);
    const stale = [validate("allow", 21, 22), validate("allow", 30, 31, "b")];
    const fine = [validate("allow", 1, 2), validate("allow", 20, 25), validate("revoked", 12, 40)];
    expect(checkToken([...fine, done, ...stale])).toEqual(
      stale.map((operation) => ({ kind: "stale_allow", operation, against: done })),
    );
  });

  it("finds one process that denies while another still allows", () => {
    const denied = validate("revoked", 11, 12, "a");
    const allowed = validate("allow", 13, 14, "b");
    expect(checkToken([revoke("done", 10, 20), denied, allowed])).toEqual([
      { kind: "allow_after_deny", operation: allowed, against: denied },
    ]);
  });

  it("finds a denial that nobody asked for", () => {
    const early = validate("revoked", 1, 2);
    expect(checkToken([early])).toEqual([{ kind: "denied_too_early", operation: early, against: null }]);
    const asked = revoke("failed", 3, 4);
    expect(checkToken([early, asked])).toEqual([{ kind: "denied_too_early", operation: early, against: asked }]);
  });

  it("lets a failed revocation take effect never, or long after its failure, but once", () => {
    const failed = revoke("failed", 10, 11);
    expect(checkToken([failed, validate("allow", 50, 51)])).toEqual([]);
    expect(checkToken([failed, validate("allow", 50, 51), validate("revoked", 52, 53)])).toEqual([]);
    expect(checkToken([failed, validate("revoked", 50, 51), validate("allow", 52, 53)])).toHaveLength(1);
  });

  it("learns nothing from a question without an answer", () => {
    expect(checkToken([revoke("done", 1, 2), validate("failed", 3, 4)])).toEqual([]);
  });

  it("judges an urgent revocation process by process until it is done, and all of them after it", () => {
    const urgent = revoke("done", 10, 20, { urgent: true });
    const denied = validate("revoked", 11, 12, "a");
    expect(checkToken([urgent, denied, validate("allow", 13, 14, "b")])).toEqual([]);
    expect(checkToken([urgent, denied, validate("allow", 13, 14, "a")])).toMatchObject([{ kind: "allow_after_deny" }]);
    expect(checkToken([urgent, denied, validate("allow", 21, 22, "b")])).toMatchObject([{ kind: "stale_allow" }]);
  });

  it("checks a hundred thousand operations as a matter of course", () => {
    const many = Array.from({ length: 100_000 }, (_, n) => validate(n < 50_000 ? "allow" : "revoked", n, n + 1));
    expect(checkToken([...many, revoke("done", 49_999, 50_001)])).toEqual([]);
  });
});
