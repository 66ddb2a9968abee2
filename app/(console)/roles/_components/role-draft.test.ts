import { describe, expect, it } from "vitest";
import {
  patternEffects,
  scopeEffect,
  toGrants,
  tokenEffects,
  withoutCovered,
  type RoleServer,
  type RoleToken,
} from "./role-draft";

const servers: RoleServer[] = [
  {
    id: "srv_t",
    name: "Tickets",
    slug: "tickets",
    builtin: false,
    scopes: [
      { name: "tickets:read", access: "read", description: "", tools: [] },
      { name: "tickets:write", access: "write", description: "", tools: [] },
    ],
  },
];
const token = (part: Partial<RoleToken>): RoleToken => ({
  id: "tok_1",
  name: "one",
  kind: "rw",
  scopes: null,
  serverIds: ["srv_t"],
  ...part,
});
const reads = { srv_t: ["tickets:read"] };
const everything = { srv_t: ["tickets:*"] };

describe("withoutCovered", () => {
  it("drops doubles and what a wildcard covers, and keeps what it does not", () => {
    expect(withoutCovered(["tickets:read", "tickets:*", "tickets:*", "bills:read"])).toEqual([
      "tickets:*",
      "bills:read",
    ]);
    expect(withoutCovered(["a:*", "*", "b"])).toEqual(["*"]);
    expect(withoutCovered(["a:b:*", "a:*"])).toEqual(["a:*"]);
    expect(withoutCovered(["tickets", "tickets:*"])).toEqual(["tickets", "tickets:*"]);
  });
});

describe("toGrants", () => {
  it("leaves out servers that get nothing", () => {
    expect(toGrants({ srv_a: [], srv_b: ["*"] })).toEqual([{ serverId: "srv_b", scopes: ["*"] }]);
  });
});

describe("patternEffects, scopeEffect", () => {
  it("tell patterns apart from what they give today", () => {
    expect(patternEffects(servers, reads, everything)).toMatchObject([
      { gained: ["tickets:*"], lost: ["tickets:read"] },
    ]);
    const { gained, lost } = scopeEffect(servers, reads, everything);
    expect([gained.map(({ name }) => name), lost]).toEqual([["tickets:write"], []]);
  });
});

describe("tokenEffects", () => {
  it("widens a token that follows the role, and never a read-only, a narrowed one, or one for another server", () => {
    const tokens = [
      token({}),
      token({ kind: "ro" }),
      token({ scopes: ["tickets:read"] }),
      token({ serverIds: ["srv_other"] }),
    ];
    const gained = tokenEffects(servers, reads, everything, tokens).map((effect) => effect.gained);
    expect(gained).toEqual([["tickets:write"], [], [], []]);
  });

  it("takes a removed scope from every token that had it", () => {
    const tokens = [token({}), token({ kind: "ro" }), token({ scopes: ["tickets:write"] })];
    const lost = tokenEffects(servers, everything, { srv_t: ["tickets:write"] }, tokens).map((effect) => effect.lost);
    expect(lost).toEqual([["tickets:read"], ["tickets:read"], []]);
  });
});
