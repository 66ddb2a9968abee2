import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolveScopes } from "@/lib/role/resolve";
import { commitmentTo } from "@/lib/testing/commitment";
import { decide, normaliseResource, type CallRequest, type Facts, type TokenFacts } from "./decide";
import { ACTIVE_REASONS, REASONS, type Reason } from "./reasons";

const NOW = 1_800_000_000;

const offered = [
  { name: "tickets:read", access: "read" },
  { name: "tickets:write", access: "write" },
  { name: "tickets:admin", access: "admin" },
] as const;

const liveToken: TokenFacts = {
  id: "tok_1",
  name: "Nightly report",
  kind: "rw",
  masked: "gth_rw_…abcd",
  revoked: false,
  issuedAtSeconds: NOW - 100,
  notBeforeSeconds: null,
  expiresAtSeconds: NOW + 100,
  retiresAtSeconds: null,
  forServer: true,
  narrowed: null,
  allowedCidrs: [],
  rateLimit: null,
  person: { id: "per_1", name: "Ada", nameRef: commitmentTo("a name"), email: "ada@example.com", suspended: false },
  agent: { id: "agt_1", name: "Claude", suspended: false },
  role: { id: "rol_1", name: "Support", archived: false, held: true, patterns: ["tickets:read", "tickets:write"] },
};

/** What an OAuth token has besides. */
const oauth: NonNullable<TokenFacts["oauth"]> = {
  format: "jwt",
  clientId: "agt_1",
  grantId: "gnt_1",
  roleIds: ["rol_1"],
  tools: null,
  jkt: null,
  requireDpop: false,
  unapproved: false,
  approvedUntilSeconds: null,
  idle: null,
  actors: [],
  authTimeSeconds: null,
  acr: null,
  line: { tokens: [], agents: [] },
};

const liveFacts: Facts = {
  server: {
    id: "srv_1",
    name: "Tickets",
    resource: "https://tickets.example.com/mcp",
    disabled: false,
    auditLevel: "full",
    requireDpop: false,
    offered,
  },
  token: liveToken,
  tool: { name: "list_tickets", scopes: ["tickets:read"] },
  rateLimited: false,
};
const call: CallRequest = { tool: "list_tickets" };

type State = { facts: Facts; request: CallRequest };
const withToken = (state: State, change: (token: TokenFacts) => Partial<TokenFacts>): State =>
  typeof state.facts.token === "string"
    ? state
    : { ...state, facts: { ...state.facts, token: { ...state.facts.token, ...change(state.facts.token) } } };

/** One way to bring about each reason that is decided today, in order of precedence, whatever else is wrong. */
const FAULTS: readonly (readonly [Reason, (state: State) => State])[] = [
  ["malformed", (s) => ({ ...s, facts: { ...s.facts, token: "malformed" } })],
  ["unknown_token", (s) => (s.facts.token === "malformed" ? s : { ...s, facts: { ...s.facts, token: "unknown" } })],
  ["revoked", (s) => withToken(s, () => ({ revoked: true }))],
  ["expired", (s) => withToken(s, () => ({ expiresAtSeconds: NOW }))],
  ["not_yet_valid", (s) => withToken(s, () => ({ notBeforeSeconds: NOW + 1 }))],
  ["person_suspended", (s) => withToken(s, ({ person }) => ({ person: person && { ...person, suspended: true } }))],
  ["agent_suspended", (s) => withToken(s, ({ agent }) => ({ agent: agent && { ...agent, suspended: true } }))],
  ["server_disabled", (s) => ({ ...s, facts: { ...s.facts, server: { ...s.facts.server, disabled: true } } })],
  ["role_missing", (s) => withToken(s, ({ role }) => ({ role: { ...role, held: false } }))],
  ["wrong_audience", (s) => withToken(s, () => ({ forServer: false }))],
  ["ip_not_allowed", (s) => withToken(s, () => ({ allowedCidrs: ["10.0.0.0/8"] }))],
  [
    "idle_timeout",
    (s) =>
      withToken(s, ({ oauth: before = oauth }) => ({
        oauth: { ...before, idle: { timeoutSeconds: 300, lastUsedSeconds: NOW - 331 } },
      })),
  ],
  [
    "insufficient_scope",
    (s) => ({ ...s, request: { ...s.request, scopes: [...(s.request.scopes ?? []), "tickets:admin"] } }),
  ],
  ["unknown_tool", (s) => ({ facts: { ...s.facts, tool: null }, request: { ...s.request, tool: "drop_tables" } })],
  ["rate_limited", (s) => ({ ...s, facts: { ...s.facts, rateLimited: true } })],
  [
    "approval_required",
    (s) => withToken(s, ({ oauth: before = oauth }) => ({ oauth: { ...before, unapproved: true } })),
  ],
];
const healthy: State = { facts: liveFacts, request: call };
const decideState = ({ facts, request }: State) => decide(facts, request, NOW);

describe("decide", () => {
  it("allows a live token's call within its scopes", () => {
    expect(decideState(healthy)).toEqual({
      decision: "allow",
      reason: "ok",
      active: true,
      scopes: ["tickets:read", "tickets:write"],
      requiredScopes: ["tickets:read"],
      missingScopes: [],
    });
  });

  it("has a test fault for every reason, in the order of the contract", () => {
    expect(FAULTS.map(([reason]) => reason)).toEqual(REASONS.filter((reason) => reason !== "ok"));
  });

  it.each(FAULTS)("gives the reason %s for that fault alone", (reason, spoil) => {
    const decision = decideState(spoil(healthy));
    expect(decision).toMatchObject({ decision: "deny", reason, active: ACTIVE_REASONS.has(reason) });
  });

  it("gives the first reason that applies, whatever set of faults there is and in whatever order they came about", () => {
    const someFaults = fc.shuffledSubarray(
      FAULTS.map((_fault, i) => i),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(someFaults, (indices) => {
        const state = indices.reduce((s, i) => FAULTS[i]?.[1](s) ?? s, healthy);
        expect(decideState(state).reason).toBe(FAULTS[Math.min(...indices)]?.[0]);
      }),
      { numRuns: 2000 },
    );
  });

  it("gives for any pair of faults the one of higher precedence", () => {
    for (const [i, [higher, spoilHigher]] of FAULTS.entries()) {
      for (const [, spoilLower] of FAULTS.slice(i + 1)) {
        expect(decideState(spoilLower(spoilHigher(healthy))).reason).toBe(higher);
        expect(decideState(spoilHigher(spoilLower(healthy))).reason).toBe(higher);
      }
    }
  });
});

describe("decide at the edges", () => {
  const at = (token: Partial<TokenFacts>, nowSeconds = NOW, request = call) =>
    decide({ ...liveFacts, token: { ...liveToken, ...token } }, request, nowSeconds).reason;

  it("ends a token at expiresAt itself, and starts it at notBefore itself", () => {
    expect(at({ expiresAtSeconds: NOW + 0.000001 })).toBe("ok");
    expect(at({ expiresAtSeconds: NOW })).toBe("expired");
    expect(at({ notBeforeSeconds: NOW })).toBe("ok");
    expect(at({ notBeforeSeconds: NOW + 0.000001 })).toBe("not_yet_valid");
  });

  it("reads the end of a rotation's overlap as revoked", () => {
    expect(at({ retiresAtSeconds: NOW + 1 })).toBe("ok");
    expect(at({ retiresAtSeconds: NOW })).toBe("revoked");
    expect(at({ retiresAtSeconds: NOW, expiresAtSeconds: NOW })).toBe("expired");
  });

  it("denies where a time is not a number", () => {
    expect(at({ expiresAtSeconds: Number.NaN })).toBe("expired");
    expect(at({ notBeforeSeconds: Number.NaN })).toBe("not_yet_valid");
    expect(at({ retiresAtSeconds: Number.NaN })).toBe("revoked");
    expect(at({}, Number.NaN)).toBe("expired");
  });

  it("denies a token that nobody holds", () => {
    expect(at({ person: null, agent: null })).toBe("role_missing");
  });

  it("takes a token that is bound to a key only with that key", () => {
    const bound = { oauth: { ...oauth, jkt: "k1" } };
    expect(at(bound)).toBe("malformed");
    expect(at(bound, NOW, { ...call, boundTo: "k2" })).toBe("malformed");
    expect(at(bound, NOW, { ...call, boundTo: "k1" })).toBe("ok");
  });

  it("takes no token of an agent that is bound to none, where the server wants bound ones", () => {
    const strict = (more: Partial<TokenFacts>, boundTo?: string) => {
      const facts = { ...liveFacts, token: { ...liveToken, ...more } };
      return decide({ ...facts, server: { ...facts.server, requireDpop: true } }, { ...call, boundTo }, NOW).reason;
    };
    expect(strict({ oauth: { ...oauth, jkt: null } })).toBe("malformed");
    expect(strict({ oauth: { ...oauth, jkt: "k1" } }, "k1")).toBe("ok");
    expect(strict({})).toBe("ok");
  });

  it("opens only the tools that the person agreed to, where they were named", () => {
    expect(at({ oauth: { ...oauth, tools: ["list_tickets"] } })).toBe("ok");
    expect(at({ oauth: { ...oauth, tools: ["other_tool"] } })).toBe("insufficient_scope");
    expect(at({ oauth: { ...oauth, tools: [] } })).toBe("insufficient_scope");
  });

  it("lets an agent rest as long as it may, and the half minute that its use may be known later", () => {
    const rested = (seconds: number) => ({
      oauth: { ...oauth, idle: { timeoutSeconds: 300, lastUsedSeconds: NOW - seconds } },
    });
    expect(at(rested(330))).toBe("ok");
    expect(at(rested(330.001))).toBe("idle_timeout");
    expect(at(rested(Number.NaN))).toBe("idle_timeout");
  });

  it("denies an archived role", () => {
    expect(at({ role: { ...liveToken.role, archived: true } })).toBe("role_missing");
  });

  it("closes a tool without scopes, as one that is not listed", () => {
    expect(decide({ ...liveFacts, tool: { name: "open", scopes: [] } }, { tool: "open" }, NOW).reason).toBe(
      "unknown_tool",
    );
  });

  it("tells all scopes that are missing, of the tool and of the request, sorted and without doubles", () => {
    const facts: Facts = { ...liveFacts, tool: { name: "purge", scopes: ["tickets:admin", "tickets:read"] } };
    const decision = decide(facts, { tool: "purge", scopes: ["audit:read", "tickets:admin"] }, NOW);
    expect(decision.requiredScopes).toEqual(["audit:read", "tickets:admin", "tickets:read"]);
    expect(decision.missingScopes).toEqual(["audit:read", "tickets:admin"]);
  });

  it("answers the mere life of a token where neither tool nor scopes are asked for", () => {
    expect(decide({ ...liveFacts, tool: null }, {}, NOW)).toMatchObject({ decision: "allow", requiredScopes: [] });
  });

  it("refuses a resource that differs, and takes one trailing slash and the host's case as no difference", () => {
    const ask = (resource: string) => at({}, NOW, { ...call, resource });
    expect(ask("https://tickets.example.com/mcp")).toBe("ok");
    expect(ask("https://tickets.example.com/mcp/")).toBe("ok");
    expect(ask("HTTPS://Tickets.Example.com:443/mcp")).toBe("ok");
    for (const other of [
      "https://tickets.example.com/MCP",
      "https://tickets.example.com",
      "https://tickets.example.com/mcp//",
      "https://evil.example/mcp",
      "tickets",
      "",
    ])
      expect(ask(other)).toBe("wrong_audience");
    expect(normaliseResource("urn:gatehouse:admin-api")).toBe("urn:gatehouse:admin-api");
  });

  it("keeps an address list: inside, outside, mapped, absent and broken addresses", () => {
    const ask = (clientIp: string | undefined, allowedCidrs: string[]) =>
      at({ allowedCidrs }, NOW, { ...call, clientIp });
    expect(ask("10.1.2.3", ["10.0.0.0/8"])).toBe("ok");
    expect(ask("::ffff:10.1.2.3", ["10.0.0.0/8"])).toBe("ok");
    expect(ask("10.1.2.3", ["::ffff:10.0.0.0/104"])).toBe("ok");
    expect(ask("2001:db8::1", ["192.0.2.0/24", "2001:db8::/32"])).toBe("ok");
    for (const [ip, cidrs] of [
      ["11.1.2.3", ["10.0.0.0/8"]],
      ["2001:db9::1", ["2001:db8::/32"]],
      ["::10.1.2.3", ["10.0.0.0/8"]],
      ["10.1.2.3", ["::/0"]],
      ["not an address", ["0.0.0.0/0"]],
      [undefined, ["0.0.0.0/0", "::/0"]],
      ["10.1.2.3", ["nonsense"]],
    ] as const)
      expect(ask(ip, [...cidrs])).toBe("ip_not_allowed");
  });
});

const names = ["a:read", "a:write", "a:admin", "b:read", "b:write", "c"];
const patterns = [...names, "a:*", "b:*", "*", "gone:read"];
const anyScopes = fc.subarray(names);
/** True now and then: most facts of a run should be healthy, or nothing would ever be allowed. */
const seldom = fc.nat(15).map((n) => n === 0);
const mostly = seldom.map((is) => !is);
const later = (most: number) =>
  fc.oneof(
    { weight: 1, arbitrary: fc.integer({ min: NOW - 2, max: NOW }) },
    { weight: 9, arbitrary: fc.integer({ min: NOW + 1, max: NOW + most }) },
  );
const anyFacts: fc.Arbitrary<Facts> = fc.record({
  server: fc.record({
    id: fc.constant("srv_1"),
    name: fc.constant("S"),
    resource: fc.constant("https://s.example"),
    disabled: seldom,
    auditLevel: fc.constantFrom("full", "metadata"),
    requireDpop: seldom,
    offered: fc
      .subarray(names)
      .chain((some) =>
        fc.tuple(
          ...some.map((name) =>
            fc.record({ name: fc.constant(name), access: fc.constantFrom("read", "write", "admin") }),
          ),
        ),
      ),
  }),
  token: fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom("malformed" as const, "unknown" as const) },
    {
      weight: 20,
      arbitrary: fc.record({
        id: fc.constant("tok_1"),
        name: fc.constant("T"),
        kind: fc.constantFrom("ro", "rw", "adm"),
        masked: fc.constant("…"),
        revoked: seldom,
        issuedAtSeconds: fc.constant(0),
        notBeforeSeconds: fc.option(fc.integer({ min: NOW - 9, max: NOW + 1 })),
        expiresAtSeconds: later(50),
        retiresAtSeconds: fc.option(later(50)),
        forServer: mostly,
        narrowed: fc.option(anyScopes),
        allowedCidrs: fc.oneof(fc.constant([]), fc.subarray(["10.0.0.0/8", "::/0"])),
        rateLimit: fc.constant(null),
        person: fc.option(
          fc.record({
            id: fc.constant("per_1"),
            name: fc.constant("P"),
            nameRef: fc.constant(commitmentTo("a name")),
            email: fc.constant("p@e"),
            suspended: seldom,
          }),
        ),
        agent: fc.option(fc.record({ id: fc.constant("agt_1"), name: fc.constant("A"), suspended: seldom })),
        role: fc.record({
          id: fc.constant("rol_1"),
          name: fc.constant("R"),
          archived: seldom,
          held: mostly,
          patterns: fc.subarray(patterns),
        }),
      }),
    },
  ),
  tool: fc.option(fc.record({ name: fc.constant("t"), scopes: anyScopes })),
  rateLimited: seldom,
});
const anyRequest: fc.Arbitrary<CallRequest> = fc.record(
  {
    tool: fc.constant("t"),
    scopes: fc.subarray([...names, "unheard:of"]),
    resource: mostly.map((own) => (own ? "https://s.example" : "https://other.example")),
    clientIp: fc.constantFrom("10.0.0.1", "192.0.2.1", "::1"),
  },
  { requiredKeys: [] },
);

describe("decide, for any facts", () => {
  it("never lets effective scopes exceed token ∩ role ∩ server, nor a read-only token write", () => {
    fc.assert(
      fc.property(anyFacts, anyRequest, (facts, request) => {
        const { scopes, decision, requiredScopes } = decide(facts, request, NOW);
        if (typeof facts.token === "string") {
          expect(scopes).toEqual([]);
          return;
        }
        const { token, server } = facts;
        const role = resolveScopes(token.role.patterns, server.offered).map(({ name }) => name);
        for (const scope of scopes) {
          const offer = server.offered.find(({ name }) => name === scope);
          expect(offer).toBeDefined();
          expect(role).toContain(scope);
          if (token.narrowed) expect(token.narrowed).toContain(scope);
          if (token.kind === "ro") expect(offer?.access).toBe("read");
        }
        if (decision === "allow") expect(scopes).toEqual(expect.arrayContaining([...requiredScopes]));
      }),
      { numRuns: 5000 },
    );
  });

  it("denies by default: an allow means that every single condition holds", () => {
    let allowed = 0;
    fc.assert(
      fc.property(anyFacts, anyRequest, (facts, request) => {
        const { decision, reason, active } = decide(facts, request, NOW);
        expect(decision === "allow").toBe(reason === "ok");
        if (decision === "deny") return;
        allowed++;
        expect(active).toBe(true);
        const token = facts.token as TokenFacts;
        expect(token.revoked || facts.server.disabled || facts.rateLimited).toBe(false);
        expect(token.forServer && token.role.held && !token.role.archived).toBe(true);
        expect(NOW < token.expiresAtSeconds && NOW < (token.retiresAtSeconds ?? Infinity)).toBe(true);
        expect(NOW >= (token.notBeforeSeconds ?? 0)).toBe(true);
        expect(token.person ?? token.agent).not.toBeNull();
        expect((token.person?.suspended ?? false) || (token.agent?.suspended ?? false)).toBe(false);
        if (request.tool) expect(facts.tool?.scopes.length).toBeGreaterThan(0);
        if (token.allowedCidrs.length > 0) expect(request.clientIp).toBeDefined();
        expect(request.resource ?? facts.server.resource).toBe(facts.server.resource);
      }),
      { numRuns: 20_000 },
    );
    expect(allowed).toBeGreaterThan(50); // else this test says nothing
  });

  it("is deterministic, and changes neither facts nor request", () => {
    fc.assert(
      fc.property(anyFacts, anyRequest, (facts, request) => {
        const before = JSON.stringify([facts, request]);
        expect(decide(facts, request, NOW)).toEqual(decide(facts, request, NOW));
        expect(JSON.stringify([facts, request])).toBe(before);
      }),
    );
  });
});
