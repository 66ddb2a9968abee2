import "server-only";
import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { Actor, Ctx } from "@/lib/ctx";
import { actorRef } from "@/lib/ctx";
import { uuidV7 } from "@/lib/id";
import type { AuditAction, Outcome, TargetKind } from "./catalogue";
import { redact, redactText } from "./redact";

/** The version of the body's layout. */
export const ENTRY_SCHEMA_VERSION = 1;
const MAX_ARGUMENT_CHARS = 4096;

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

function describeActor(actor: Actor): Record<string, unknown> {
  switch (actor.kind) {
    case "person":
      return {
        kind: "person",
        id: actor.personId,
        name: actor.name,
        email: actor.email,
        consoleRole: actor.consoleRole,
        sessionId: actor.sessionId,
      };
    case "token":
      return { kind: "token", id: actor.tokenId, name: actor.name, personId: actor.personId, agentId: actor.agentId };
    case "server":
      return { kind: "server", id: actor.serverId, name: actor.name, keyId: actor.keyId };
    case "system":
      return { kind: "system", id: actorRef(actor) };
    case "anonymous":
      return { kind: "anonymous" };
  }
}

/** Arguments are redacted first and capped after, so that a cut never leaves half a secret. */
function cleanArguments(value: unknown): unknown {
  if (value === undefined) return undefined;
  const clean = redact(value);
  const text = JSON.stringify(clean) ?? "null";
  return text.length <= MAX_ARGUMENT_CHARS
    ? clean
    : { truncated: `${text.length} characters`, start: text.slice(0, MAX_ARGUMENT_CHARS / 2).toWellFormed() };
}

const named = (thing: Named | null | undefined) => (thing ? { id: thing.id, name: thing.name ?? null } : undefined);
const text = (value: string | null | undefined): string | null =>
  value === null || value === undefined ? null : redactText(value.slice(0, 2000)).replaceAll("\0", "\u2400");

/** Turns a draft into the entry that is written. Pure but for the new id. */
export function prepareEntry(ctx: Ctx, draft: EntryDraft): PreparedEntry {
  const id = draft.id ?? uuidV7();
  const occurredAt = rfc3339Micros(ctx.nowSeconds());
  const body = {
    v: ENTRY_SCHEMA_VERSION,
    id,
    occurredAt,
    action: draft.action,
    outcome: draft.outcome,
    reason: draft.reason ?? null,
    actor: describeActor(ctx.actor),
    target: draft.target ? { kind: draft.target.kind, id: draft.target.id, name: draft.target.name ?? null } : null,
    changes: draft.changes?.map((change) => cleanChange(change)),
    person: named(draft.person),
    agent: named(draft.agent),
    server: named(draft.server),
    credential: draft.credential ?? undefined,
    role: named(draft.role),
    tool: draft.tool ?? undefined,
    requiredScopes: draft.requiredScopes,
    missingScopes: draft.missingScopes,
    arguments: cleanArguments(draft.arguments),
    clientIp: draft.clientIp ?? undefined,
    callerRequestId: draft.callerRequestId ?? undefined,
    durationMs: draft.durationMs,
    details: draft.details ? redact(draft.details) : undefined,
    source: { ip: ctx.source.ip, userAgent: ctx.source.userAgent?.slice(0, 400) ?? null },
    requestId: ctx.requestId,
  };
  // `credential` names a key that the redactor would blank by name; all else in it passes the shape check as text.
  const canonical = canonicalize(scrubStrings(body)) ?? "{}";
  return {
    id,
    occurred_at: occurredAt,
    action: draft.action,
    outcome: draft.outcome,
    reason: text(draft.reason),
    actor_kind: ctx.actor.kind,
    actor_id: ctx.actor.kind === "anonymous" ? null : actorRef(ctx.actor),
    person_id: draft.person?.id ?? null,
    agent_id: draft.agent?.id ?? null,
    server_id: draft.server?.id ?? null,
    token_id: draft.credential?.id ?? null,
    target_kind: draft.target?.kind ?? null,
    target_id: draft.target?.id ?? null,
    tool: text(draft.tool),
    ip: text(draft.clientIp ?? ctx.source.ip),
    request_id: text(ctx.requestId),
    body: canonical,
    leaf: createHash("sha256").update("\0").update(canonical, "utf8").digest("hex"),
  };
}

function cleanChange(change: FieldChange): Record<string, unknown> {
  const clean = redact({ [change.field]: change.before ?? null, after: null }) as Record<string, unknown>;
  const after = redact({ [change.field]: change.after ?? null }) as Record<string, unknown>;
  return { field: change.field, before: clean[change.field] ?? null, after: after[change.field] ?? null };
}

/** The last net: every string of the body, wherever it came from, passes the shape check. Drops undefined. */
function scrubStrings(value: unknown): unknown {
  if (typeof value === "string") return redactText(value);
  if (Array.isArray(value)) return value.map((item) => scrubStrings(item ?? null));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [redactText(key), scrubStrings(item)]),
    );
  }
  return value;
}
