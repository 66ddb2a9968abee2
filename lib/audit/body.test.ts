import canonicalize from "canonicalize";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Actor, Ctx } from "@/lib/ctx";
import { actorRef } from "@/lib/ctx";
import { ctxOf } from "@/lib/testing/ctx";
import { commitmentTo } from "@/lib/testing/commitment";
import { makeCredential } from "@/lib/token/format";
import { ACTION_FACTS } from "./actions";
import { bodyParts, concernedBy } from "./body";
import { canonicalText } from "./canonical";
import type { EntryDraft, FieldChange } from "./entry";
import { redact, redactLine } from "./redact";

/** The body as an object, each text redacted anew, for the library's own canonical form: slow, and plainly right. */
function plainBody(ctx: Ctx, draft: EntryDraft, id: string, occurredAt: string): unknown {
  const line = (text: string, maxChars = 512) => redactLine(text, maxChars).replaceAll("\0", "\u2400");
  const orNull = (text: string | null | undefined, maxChars?: number) => (text == null ? null : line(text, maxChars));
  const named = (thing: EntryDraft["agent"]) => thing && { id: line(thing.id, 128), name: orNull(thing.name) };
  const person = (thing: EntryDraft["person"]) => thing && { id: line(thing.id, 128), name: thing.nameRef ?? null };
  const scopes = (list?: readonly string[]) => list?.slice(0, 200).map((scope) => line(scope, 128));
  const bounded = (value: unknown, maxChars: number) => {
    const clean = redact(value) ?? null;
    const text = JSON.stringify(clean);
    if (text.length <= maxChars) return clean;
    return { truncated: `${text.length} characters`, start: text.slice(0, maxChars / 2).toWellFormed() };
  };
  const side = (field: string, value: unknown) =>
    bounded(Object.values(redact({ [field]: value ?? null }) as object)[0], 8192);
  const change = ({ field, before, after }: FieldChange) => ({
    field: line(field),
    before: side(field, before),
    after: side(field, after),
  });
  const { target, credential, servers = [] } = draft;
  const several = servers.length > 1;
  return {
    v: 3, code: ACTION_FACTS[draft.action].code, trace: ctx.trace ? { id: ctx.trace.traceId, parentId: ctx.trace.parentId } : undefined, id, occurredAt, action: draft.action, outcome: draft.outcome, reason: orNull(draft.reason), actor: plainActor(ctx.actor, line),
    target: target ? { kind: target.kind, id: line(target.id, 128), name: target.kind === "person" ? (target.nameRef ?? null) : orNull(target.name) } : null, changes: draft.changes?.map(change),
    person: person(draft.person) ?? undefined, agent: named(draft.agent) ?? undefined, server: several ? undefined : (named(draft.server ?? servers[0]) ?? undefined), servers: several ? servers.slice(0, 1000).map(named) : undefined, role: named(draft.role) ?? undefined,
    credential: credential ? { id: line(credential.id, 128), kind: line(credential.kind), name: orNull(credential.name), masked: orNull(credential.masked), scopes: scopes(credential.scopes), actors: scopes(credential.actors) } : undefined,
    tool: orNull(draft.tool) ?? undefined, requiredScopes: scopes(draft.requiredScopes), missingScopes: scopes(draft.missingScopes),
    arguments: draft.arguments === undefined || draft.auditLevel === "metadata" ? undefined : bounded(draft.arguments, 4096),
    argumentsOmitted: draft.arguments !== undefined && draft.auditLevel === "metadata" ? "audit_level" : undefined, clientIp: orNull(draft.clientIp, 128) ?? undefined,
    callerRequestId: orNull(draft.callerRequestId, 128) ?? undefined, durationMs: Number.isFinite(draft.durationMs) ? draft.durationMs : undefined,
    details: draft.details ? bounded(draft.details, 16_384) : undefined, source: { ip: orNull(ctx.source.ip, 128), userAgent: orNull(ctx.source.userAgent, 400), proxies: ctx.source.proxies?.slice(0, 20).map((proxy) => line(proxy, 128)) },
    requestId: line(ctx.requestId, 128),
  }; // prettier-ignore
}

function plainActor(actor: Actor, line: (text: string) => string): unknown {
  switch (actor.kind) {
    case "person": {
      const { personId, consoleRole, sessionId, amr, nameRef = null, emailRef = null } = actor;
      const credential = { kind: "session", id: sessionId, methods: amr };
      return {
        kind: "person",
        id: personId,
        name: nameRef,
        email: emailRef,
        consoleRole,
        credential,
      };
    }
    case "token": {
      const { tokenId, personId, agentId, scopes } = actor;
      const credential = { kind: "token", id: tokenId, scopes: scopes.map((scope) => line(scope)) };
      return {
        kind: "token",
        id: tokenId,
        name: line(actor.name),
        credential,
        ...(agentId && { agentId }),
        ...behalf(personId),
      };
    }
    case "agent":
      return { kind: "agent", id: actor.agentId, name: line(actor.name), ...behalf(actor.personId) };
    case "server":
      return {
        kind: "server",
        id: actor.serverId,
        name: line(actor.name),
        credential: { kind: "server_key", id: actor.keyId },
      };
    case "system":
      return { kind: "system", id: actorRef(actor) };
    case "anonymous":
      return { kind: "anonymous" };
  }
}

const behalf = (personId: string | null) => personId && { onBehalfOf: { kind: "person", id: personId } };

const permissions = new Set<never>();
const secret = makeCredential("rw");
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("close_ticket", "tickets:read", "Ada Lovelace", "gth_rw_…ab12", "2001:db8::1", "req_0123456789abcdefghjkmnpqrs", "", "\0", "\ud800x"),
  fc.constantFrom(secret, `Bearer ${secret}`, "password=hunter2", "AKIAIOSFODNN7EXAMPLE", "ghp_0123456789abcdefghijklmnop", "a".repeat(9000)),
); // prettier-ignore
const refs = fc.constant(commitmentTo("Ada"));
const own = fc.constantFrom("per_1", "tok_2", "srv_3");
const actor: fc.Arbitrary<Actor> = fc.oneof(
  fc.record({
    kind: fc.constant("person" as const), personId: own, name: text, email: text, nameRef: refs, emailRef: refs, consoleRole: fc.constantFrom("owner" as const, "auditor" as const),
    sessionId: own, reauthenticatedAtSeconds: fc.constant(1), amr: fc.subarray(["pwd", "otp"]), owes: fc.constant(null), permissions: fc.constant(permissions),
  }),
  fc.record({
    kind: fc.constant("token" as const), tokenId: own, name: text, personId: fc.option(own), agentId: fc.option(own), scopes: fc.subarray(["gatehouse:read", "tokens:write"]), permissions: fc.constant(permissions),
  }),
  fc.record({ kind: fc.constant("agent" as const), agentId: own, name: text, personId: fc.option(own), permissions: fc.constant(permissions) }),
  fc.record({ kind: fc.constant("server" as const), serverId: own, keyId: own, name: text, permissions: fc.constant(permissions) }),
  fc.record({ kind: fc.constant("system" as const), job: own, permissions: fc.constant(permissions) }),
  fc.constant({ kind: "anonymous" as const, permissions }),
); // prettier-ignore
const optional = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
const thing = fc.anything({ withDate: true, withMap: true, withNullPrototype: true, withTypedArray: true });
const named = fc.option(fc.record({ id: text, name: fc.option(text) }));
const scopes = optional(fc.array(text, { maxLength: 4 }));
const source = fc.record({
  ip: fc.option(text),
  userAgent: fc.option(text),
  proxies: optional(fc.array(text, { maxLength: 3 })),
});
const hex = (chars: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: chars, maxLength: chars });
const trace = fc.record({ traceId: hex(32), parentId: hex(16) });
const draft: fc.Arbitrary<EntryDraft> = fc.record({
  action: fc.constantFrom("token.validate" as const, "token.mint" as const), outcome: fc.constantFrom("allow" as const, "denied" as const),
  reason: fc.option(text), target: fc.option(fc.record({ kind: fc.constant("token" as const), id: text, name: fc.option(text) })),
  changes: optional(fc.array(fc.record({ field: text, before: thing, after: thing }), { maxLength: 2 })),
  person: named, agent: named, server: named, role: named,
  servers: optional(fc.array(fc.record({ id: text, name: fc.option(text) }), { maxLength: 3 })),
  credential: fc.option(fc.record({ id: text, kind: text, name: fc.option(text), masked: fc.option(text), scopes, actors: scopes })),
  tool: fc.option(text), requiredScopes: scopes, missingScopes: scopes, arguments: thing, auditLevel: fc.constantFrom("full" as const, "metadata" as const), clientIp: fc.option(text), callerRequestId: fc.option(text),
  durationMs: optional(fc.double()), details: optional(fc.dictionary(text, thing)),
}); // prettier-ignore

describe("bodyParts", () => {
  it("is, byte for byte, the library's canonical form of the body, seen for the first time or again", () => {
    fc.assert(
      fc.property(actor, draft, text, source, optional(trace), (who, facts, requestId, from, traced) => {
        const ctx = ctxOf(who, { requestId, source: from, trace: traced });
        const expected = canonicalize(plainBody(ctx, facts, "an-id", "2026-09-21T14:13:20.123456Z"));
        const concerned = concernedBy(facts);
        for (const _again of [1, 2]) {
          expect(bodyParts(ctx, facts, concerned, "an-id", "2026-09-21T14:13:20.123456Z").join("")).toBe(expected);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("canonicalText", () => {
  it("is the library's canonical form of every JSON value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "grapheme" }), (value) => {
        expect(canonicalText(value)).toBe(canonicalize(value));
      }),
      { numRuns: 1000 },
    );
  });
});
