import { describe, expect, it } from "vitest";
import { DORMANT_AFTER_SECONDS } from "@/lib/token/status";
import { BURST, Bursts, habitOf, placeOf, REST_MS, usedToken, wokeAfter, type Watched } from "./rules";

const call: Watched = {
  ...{ idx: 0, atMs: 0, action: "token.validate", outcome: "allow", actorKind: "server", actorId: "srv_1" },
  ...{ personId: "per_1", agentId: null, tokenId: "tok_1", ip: "192.0.2.1" },
};

describe("placeOf", () => {
  it("takes an address of IPv4 as it is, also where it is written as one of IPv6, and the /64 of IPv6", () => {
    expect(placeOf("192.0.2.1")).toBe("192.0.2.1");
    expect(placeOf("::ffff:192.0.2.1")).toBe("192.0.2.1");
    expect(placeOf("2001:db8:1:2:3:4:5:6")).toBe(placeOf("2001:db8:1:2::9"));
    expect(placeOf("2001:db8:1:2::9")).toBe("2001:db8:1:2::/64");
    expect([placeOf("desk 4"), placeOf(null)]).toEqual([null, null]);
  });
});

describe("habitOf", () => {
  it("is of the token that was shown, of an OAuth token's agent for its person, and never of the server that asks", () => {
    expect(habitOf(call)).toBe("tok_1");
    expect(habitOf({ ...call, tokenId: "oat_1", agentId: "agt_1" })).toBe("agt_1 per_1");
    expect(habitOf({ ...call, tokenId: null })).toBeNull();
    expect(habitOf({ ...call, action: "key.refuse" })).toBeNull();
  });

  it("is of the person who acts, not of the token that they act on, and of nobody whose name was merely given", () => {
    const minted: Watched = { ...call, action: "token.mint", actorKind: "person", actorId: "per_2" };
    expect(habitOf(minted)).toBe("per_2");
    const signIn: Watched = {
      ...call,
      action: "session.sign_in",
      actorKind: "anonymous",
      actorId: null,
      tokenId: null,
    };
    expect(habitOf({ ...signIn, outcome: "success" })).toBe("per_1");
    expect(habitOf({ ...signIn, outcome: "denied" })).toBeNull();
  });
});

describe("usedToken", () => {
  it("is a static token that was let in, and no other", () => {
    expect(usedToken(call)).toBe("tok_1");
    expect(usedToken({ ...call, outcome: "deny" })).toBeNull();
    expect(usedToken({ ...call, tokenId: "oat_1" })).toBeNull();
    expect(usedToken({ ...call, action: "role.create", actorKind: "token", actorId: "tok_2", tokenId: null })).toBe("tok_2");
  }); // prettier-ignore
});

describe("Bursts", () => {
  const refusal = (atMs: number, more: Partial<Watched> = {}): Watched => ({ ...call, outcome: "deny", atMs, ...more });
  const told = (entries: readonly Watched[]) => {
    const bursts = new Bursts();
    return entries.flatMap((entry, nth) => {
      const badge = bursts.add(entry);
      return badge ? [[nth, badge.count]] : [];
    });
  };

  it("tells the refusal with which a burst begins, and each doubling, so that a flood has few badges", () => {
    const flood = Array.from({ length: 100 }, (_, nth) => refusal(nth * 10));
    expect(told(flood)).toEqual([[9, 10], [19, 20], [39, 40], [79, 80]]); // prettier-ignore
  });

  it("tells none of refusals that are spread, of different tokens, or of what was allowed", () => {
    expect(told(Array.from({ length: 50 }, (_, nth) => refusal(nth * 7000)))).toEqual([]);
    expect(told(Array.from({ length: 50 }, (_, nth) => refusal(nth, { tokenId: `tok_${nth}` })))).toEqual([]);
    expect(told(Array.from({ length: 50 }, (_, nth) => ({ ...refusal(nth), outcome: "allow" }) as Watched))).toEqual(
      [],
    );
  });

  it("begins anew after a quiet minute, and tells who guesses tokens by their address", () => {
    const run = (from: number) =>
      Array.from({ length: BURST }, (_, nth) => refusal(from + nth, { tokenId: null, actorId: null }));
    expect(told([...run(0), ...run(200_000)])).toEqual([[9, 10], [19, 10]]); // prettier-ignore
  });
});

describe("wokeAfter", () => {
  it("tells a rest as long as that after which tokens are called dormant, and none that is shorter", () => {
    expect(REST_MS).toBe(DORMANT_AFTER_SECONDS * 1000);
    expect(wokeAfter(0, REST_MS)).toBeNull();
    expect(wokeAfter(0, REST_MS + 1)).toEqual({ kind: "woke", count: 30 });
  });
});
