import { describe, expect, it } from "vitest";
import { SeenProofs } from "./seen-proofs";

const proof = (thumbprint: string, jti: string | number) => ({ thumbprint, jti: String(jti) });

describe("SeenProofs", () => {
  it("lets no proof count twice while it could still be taken, and forgets it then", () => {
    const seen = new SeenProofs();
    expect(seen.take(proof("a", 1), 1000)).toHaveProperty("giveBack");
    expect(seen.take(proof("a", 1), 1000)).toBe("seen_before");
    expect(seen.take(proof("a", 1), 1120)).toBe("seen_before");
    expect(seen.take(proof("a", 2), 1120.1)).toHaveProperty("giveBack");
    expect(seen.size).toBe(1);
  });

  it("keeps the proofs of two keys apart, whatever they call them", () => {
    const seen = new SeenProofs();
    expect(seen.take(proof("a", "b c"), 1000)).toHaveProperty("giveBack");
    expect(seen.take(proof("b", "b c"), 1000)).toHaveProperty("giveBack");
  });

  it("takes no more than it has room for, in all and of one key, and forgets none early", () => {
    const seen = new SeenProofs({ all: 5, ofOneKey: 3 });
    for (const jti of [1, 2, 3]) expect(seen.take(proof("a", jti), 1000)).toHaveProperty("giveBack");
    expect(seen.take(proof("a", 4), 1000)).toBe("too_many");
    expect(seen.take(proof("a", 1), 1000)).toBe("seen_before");
    for (const jti of [1, 2]) expect(seen.take(proof("b", jti), 1000)).toHaveProperty("giveBack");
    expect(seen.take(proof("c", 1), 1000)).toBe("too_many");
    expect(seen.size).toBe(5);
    expect(seen.take(proof("a", 4), 1121)).toHaveProperty("giveBack");
    expect(seen.size).toBe(1);
  });

  it("takes a proof that was given back again", () => {
    const seen = new SeenProofs({ all: 1, ofOneKey: 1 });
    const taken = seen.take(proof("a", 1), 1000);
    if (typeof taken === "string") throw new Error(taken);
    taken.giveBack();
    taken.giveBack();
    expect(seen.take(proof("a", 1), 1000)).toHaveProperty("giveBack");
  });
});
