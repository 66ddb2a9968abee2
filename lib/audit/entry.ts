import "server-only";
import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { Actor, Ctx } from "@/lib/ctx";
import { actorRef } from "@/lib/ctx";
import { uuidV7 } from "@/lib/id";
import type { AuditAction, Outcome, TargetKind } from "./catalogue";
import { redact, redactLine } from "./redact";

/** The version of the body's layout. */
export const ENTRY_SCHEMA_VERSION = 1;
const MAX_ARGUMENT_CHARS = 4096;
const MAX_CHANGE_CHARS = 8192;
const MAX_DETAIL_CHARS = 16_384;
const MAX_NAME_CHARS = 512;
/** Ids stand in B-tree indexes, which hold no long keys; a longer one is somebody's invention. */
const MAX_ID_CHARS = 128;
const MAX_SCOPES = 200;
const MAX_SERVERS = 1000;

/** One field of a change. Absent sides are null. Secrets never get here; the redactor is the second net. */
export type FieldChange = { field: string; before: unknown; after: unknown };
type Named = { id: string; name?: string | null };

/** What a verb says of one fact; who, where and when come from its ctx. */
export type EntryDraft = {
  action: AuditAction;
  outcome: Outcome;
  reason?: string | null;
  target?: { kind: TargetKind; id: string; name?: string | null } | null;
  changes?: readonly FieldChange[];
  person?: Named | null;
  agent?: Named | null;
  server?: Named | null;
  /** In place of `server` where the fact may concern several: a search by any of them finds it. */
  servers?: readonly Named[];
  /** The credential that the fact is about (never its secret). */
  credential?: {
    id: string;
    kind: string;
    name?: string | null;
    masked?: string | null;
    scopes?: readonly string[];
  } | null;
  role?: Named | null;
  tool?: string | null;
  requiredScopes?: readonly string[];
  missingScopes?: readonly string[];
  arguments?: unknown;
  /** Where the caller of a validate says that its own client is; `source` stays where the call came from. */
  clientIp?: string | null;
  /** The caller's own id of the request, where it gave one. */
  callerRequestId?: string | null;
  durationMs?: number;
  details?: Record<string, unknown>;
  /** Given where the id must be known before the entry is written (`auditId`). */
  id?: string;
};

/** A finished entry, ready to be written: `body` is the exact canonical JSON, `leaf` its RFC 6962 leaf hash (hex). */
export type PreparedEntry = {
  id: string;
  occurred_at: string;
  action: string;
  outcome: string;
  reason: string | null;
  actor_kind: string;
  actor_id: string | null;
  person_id: string | null;
  agent_id: string | null;
  server_id: string | null;
  /** More than one, or null. */
  server_ids: string[] | null;
  token_id: string | null;
  target_kind: string | null;
  target_id: string | null;
  tool: string | null;
  ip: string | null;
  request_id: string | null;
  body: string;
  leaf: string;
};

/** Our wall clock in microseconds, RFC 3339. `Date` has only milliseconds; the rest comes from the monotonic clock. */
export function rfc3339Micros(seconds: number): string {
  const micros = Math.round(seconds * 1e6);
  const iso = new Date(Math.floor(micros / 1000)).toISOString();
  return `${iso.slice(0, 23)}${String(micros % 1000).padStart(3, "0")}Z`;
}

/** Text from outside, made safe to store: redacted, capped, well-formed, and without NUL, which no text column holds. */
function line(value: string, maxChars = MAX_NAME_CHARS): string {
  // A refusal may come before its input was parsed: what the types promise is not yet so.
  const clean = redactLine(typeof value === "string" ? value : String(value), maxChars);
  return clean.includes("\0") ? clean.replaceAll("\0", "\u2400") : clean;
}

const lineOrNull = (value: string | null | undefined, maxChars?: number) =>
  value === null || value === undefined ? null : line(value, maxChars);
const idOrNull = (value: string | null | undefined) => lineOrNull(value, MAX_ID_CHARS);
const namedOf = (thing: Named | null | undefined) =>
  thing ? { id: line(thing.id, MAX_ID_CHARS), name: lineOrNull(thing.name) } : undefined;
const scopesOf = (scopes: readonly string[] | undefined) =>
  scopes?.slice(0, MAX_SCOPES).map((scope) => line(scope, MAX_ID_CHARS));

function describeActor(actor: Actor): Record<string, unknown> {
  switch (actor.kind) {
    case "person":
      return {
        kind: "person",
        id: actor.personId,
        name: line(actor.name),
        email: line(actor.email),
        consoleRole: actor.consoleRole,
        sessionId: actor.sessionId,
      };
    case "token":
      return {
        kind: "token",
        id: actor.tokenId,
        name: line(actor.name),
        personId: actor.personId,
        agentId: actor.agentId,
      };
    case "server":
      return { kind: "server", id: actor.serverId, name: line(actor.name), keyId: actor.keyId };
    case "system":
      return { kind: "system", id: actorRef(actor) };
    case "anonymous":
      return { kind: "anonymous" };
  }
}

/** Redacted first and capped after, so that a cut never leaves half a secret. */
function bounded(value: unknown, maxChars: number): unknown {
  const clean = redact(value) ?? null;
  const text = JSON.stringify(clean);
  return text.length <= maxChars
    ? clean
    : { truncated: `${text.length} characters`, start: text.slice(0, maxChars / 2).toWellFormed() };
}

/** The field's name decides whether its values are secrets, as a key's does. */
function cleanChange({ field, before, after }: FieldChange): Record<string, unknown> {
  const one = (value: unknown) => {
    const [clean] = Object.values(redact({ [field]: value ?? null }) as object) as unknown[];
    return bounded(clean ?? null, MAX_CHANGE_CHARS);
  };
  return { field: line(field), before: one(before), after: one(after) };
}

function describeCredential(credential: NonNullable<EntryDraft["credential"]>): Record<string, unknown> {
  return {
    id: line(credential.id, MAX_ID_CHARS),
    kind: line(credential.kind),
    name: lineOrNull(credential.name),
    masked: lineOrNull(credential.masked),
    scopes: scopesOf(credential.scopes),
  };
}

const targetOf = (target: EntryDraft["target"]) =>
  target ? { kind: target.kind, id: line(target.id, MAX_ID_CHARS), name: lineOrNull(target.name) } : null;

/** One server stands alone, as everywhere; only several are a list. */
function serversOf({ server, servers = [] }: EntryDraft): { one: Named | null; several: readonly Named[] | null } {
  return servers.length > 1
    ? { one: null, several: servers.slice(0, MAX_SERVERS) }
    : { one: server ?? servers[0] ?? null, several: null };
}

/** What is hashed. Every text that comes from outside passes `line` or `redact`; absent facts are left out. */
function bodyOf(ctx: Ctx, draft: EntryDraft, id: string, occurredAt: string): Record<string, unknown> {
  const { one, several } = serversOf(draft);
  return {
    v: ENTRY_SCHEMA_VERSION,
    id,
    occurredAt,
    action: draft.action,
    outcome: draft.outcome,
    reason: lineOrNull(draft.reason),
    actor: describeActor(ctx.actor),
    target: targetOf(draft.target),
    changes: draft.changes?.map(cleanChange),
    person: namedOf(draft.person),
    agent: namedOf(draft.agent),
    server: namedOf(one),
    servers: several?.map(namedOf),
    credential: draft.credential ? describeCredential(draft.credential) : undefined,
    role: namedOf(draft.role),
    tool: lineOrNull(draft.tool) ?? undefined,
    requiredScopes: scopesOf(draft.requiredScopes),
    missingScopes: scopesOf(draft.missingScopes),
    arguments: draft.arguments === undefined ? undefined : bounded(draft.arguments, MAX_ARGUMENT_CHARS),
    clientIp: idOrNull(draft.clientIp) ?? undefined,
    callerRequestId: idOrNull(draft.callerRequestId) ?? undefined,
    durationMs: Number.isFinite(draft.durationMs) ? draft.durationMs : undefined,
    details: draft.details ? bounded(draft.details, MAX_DETAIL_CHARS) : undefined,
    source: { ip: idOrNull(ctx.source.ip), userAgent: lineOrNull(ctx.source.userAgent, 400) },
    requestId: line(ctx.requestId, MAX_ID_CHARS),
  };
}

/** The RFC 6962 leaf hash of a body, hex: `SHA-256(0x00 ‖ body)`. */
export function leafHash(body: string): string {
  return createHash("sha256").update("\0").update(body, "utf8").digest("hex");
}

/** Turns a draft into the entry that is written. Pure but for the new id. Never throws over what a draft holds. */
export function prepareEntry(ctx: Ctx, draft: EntryDraft): PreparedEntry {
  const id = draft.id ?? uuidV7();
  const occurredAt = rfc3339Micros(ctx.nowSeconds());
  const { one, several } = serversOf(draft);
  // RFC 8785 (JCS): who has the facts can write the same bytes again.
  const body = canonicalize(bodyOf(ctx, draft, id, occurredAt)) ?? "{}";
  return {
    id,
    occurred_at: occurredAt,
    action: draft.action,
    outcome: draft.outcome,
    reason: lineOrNull(draft.reason, MAX_ID_CHARS),
    actor_kind: ctx.actor.kind,
    actor_id: ctx.actor.kind === "anonymous" ? null : actorRef(ctx.actor),
    person_id: idOrNull(draft.person?.id),
    agent_id: idOrNull(draft.agent?.id),
    server_id: idOrNull(one?.id),
    server_ids: several?.map(({ id: serverId }) => line(serverId, MAX_ID_CHARS)) ?? null,
    token_id: idOrNull(draft.credential?.id),
    target_kind: draft.target?.kind ?? null,
    target_id: idOrNull(draft.target?.id),
    tool: lineOrNull(draft.tool),
    ip: idOrNull(draft.clientIp ?? ctx.source.ip),
    request_id: idOrNull(ctx.requestId),
    body,
    leaf: leafHash(body),
  };
}
