import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prepareEntry } from "@/lib/audit/entry";
import { uuidV7 } from "@/lib/id";
import { systemCtx } from "@/lib/testing/ctx";
import { commitmentTo } from "@/lib/testing/commitment";
import { decide, type Facts, type TokenFacts } from "./decide";
import { answerText, concernedByDecision, decisionDraft, type Judged } from "./present";
import { validateAnswerSchema } from "./schema";

const NOW = 1_800_000_000;
const text = fc.string({ unit: "grapheme", maxLength: 20 });
const id = fc.constantFrom("abc_0123456789abcdefghjkmnpqrs", "abc_built_in");

const token: fc.Arbitrary<TokenFacts> = fc.record({
  id,
  name: text,
  kind: fc.constantFrom("ro", "rw", "adm"),
  masked: fc.constantFrom("gth_ro_…abcd", "gth_rw_…wxyz"),
  revoked: fc.boolean(),
  issuedAtSeconds: fc.constant(NOW - 100),
  notBeforeSeconds: fc.constant(null),
  expiresAtSeconds: fc.double({ min: NOW - 1, max: NOW + 1e6, noNaN: true }),
  retiresAtSeconds: fc.constant(null),
  forServer: fc.integer({ min: 0, max: 5 }).map((n) => n > 0),
  narrowed: fc.option(fc.subarray(["a:read", "a:write"])),
  allowedCidrs: fc.constant([]),
  rateLimit: fc.constant(null),
  person: fc.option(
    fc.record({
      id,
      name: text,
      nameRef: fc.constant(commitmentTo("a name")),
      email: text,
      suspended: fc.constant(false),
    }),
  ),
  agent: fc.option(fc.record({ id, name: text, suspended: fc.constant(false) })),
  role: fc.record({
    id,
    name: text,
    archived: fc.constant(false),
    held: fc.constant(true),
    patterns: fc.subarray(["a:read", "a:write"]),
  }),
});

const judged: fc.Arbitrary<Judged> = fc
  .record({
    token: fc.oneof(
      { weight: 1, arbitrary: fc.constantFrom("malformed" as const, "unknown" as const) },
      { weight: 9, arbitrary: token },
    ),
    name: text,
    limit: fc.option(fc.record({ limit: fc.nat(), remaining: fc.nat(), resetAtSeconds: fc.nat() })),
    tool: fc.option(fc.record({ name: text, scopes: fc.subarray(["a:read", "a:write"]) })),
  })
  .map(({ token: known, name, limit, tool }) => {
    const offered = [
      { name: "a:read", access: "read" as const },
      { name: "a:write", access: "write" as const },
    ];
    const server = {
      id: "srv_0123456789abcdefghjkmnpqrs",
      name,
      resource: `https://${name}`,
      disabled: false,
      auditLevel: "full" as const,
      requireDpop: false,
      offered,
    };
    const facts: Facts = { server, token: known, tool, rateLimited: false };
    return { facts, decision: decide(facts, { tool: tool?.name }, NOW), rateLimit: limit, auditId: uuidV7() };
  });

describe("answerText", () => {
  it("is JSON of exactly the documented shape, with the facts in it, the first time and again", () => {
    fc.assert(
      fc.property(judged, (one) => {
        const first = answerText(one);
        const answer = validateAnswerSchema.parse(JSON.parse(first));
        expect(answerText(one)).toBe(first);
        const { facts, decision, auditId } = one;
        expect(answer).toMatchObject({ decision: decision.decision, active: decision.active, auditId });
        if (!("token" in answer) || typeof facts.token === "string") return;
        expect(answer).toMatchObject({
          token: { id: facts.token.id, kind: "static", name: facts.token.name },
          person: facts.token.person && { id: facts.token.person.id, email: facts.token.person.email },
          agent: facts.token.agent && { id: facts.token.agent.id, name: facts.token.agent.name },
          server: { id: facts.server.id, resource: facts.server.resource },
          role: facts.token.role.name,
          expiresAt: Math.floor(facts.token.expiresAtSeconds),
        });
        expect([answer.scopes, answer.missingScopes]).toEqual([decision.scopes, decision.missingScopes]);
      }),
      { numRuns: 500 },
    );
  });

  it("tells nothing of a token that is not for the asking server", () => {
    fc.assert(
      fc.property(judged, (one) => {
        const { token: known } = one.facts;
        if (typeof known === "string" || known.forServer) return;
        expect(Object.keys(JSON.parse(answerText(one)) as object)).toEqual(["active", "decision", "reason", "auditId"]);
      }),
    );
  });
});

describe("the entry of a decision", () => {
  const bodyOf = (one: Judged) => {
    const draft = { action: "token.validate" as const, ...decisionDraft(one) };
    return JSON.parse(prepareEntry(systemCtx(), draft, concernedByDecision(one)).body.toString()) as object;
  };

  it("names token, person, agent, role and scopes as they are, whatever was said of the same token before", () => {
    fc.assert(
      fc.property(judged, fc.boolean(), (one, renamed) => {
        const { facts, decision } = one;
        if (typeof facts.token === "string") {
          expect(bodyOf(one)).not.toHaveProperty("credential");
          return;
        }
        bodyOf(one);
        const server = renamed ? { ...facts.server, name: "renamed" } : facts.server;
        const scopes = renamed ? ["b:read"] : decision.scopes;
        const { id: tokenId, kind, name, masked, person, agent, role } = facts.token;
        expect(bodyOf({ ...one, facts: { ...facts, server }, decision: { ...decision, scopes } })).toMatchObject({
          credential: { id: tokenId, kind, name, masked, scopes },
          target: { kind: "token", id: tokenId, name },
          server: { id: server.id, name: server.name },
          role: { id: role.id, name: role.name },
          ...(person && { person: { id: person.id, name: person.nameRef } }),
          ...(agent && { agent: { id: agent.id, name: agent.name } }),
          outcome: decision.decision,
          reason: decision.reason,
        });
      }),
    );
  });
});
