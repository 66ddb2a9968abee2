import "server-only";
import { hash } from "node:crypto";
import type { Ctx } from "@/lib/ctx";
import { actorRef } from "@/lib/ctx";
import { uuidV7 } from "@/lib/id";
import { bodyParts, concernedBy, type Concerned } from "./body";
import type { AuditAction, Outcome, TargetKind } from "./catalogue";
import { line, MAX_ID_CHARS, passingLine } from "./line";

/** One field of a change. Absent sides are null. Secrets never get here; the redactor is the second net. */
export type FieldChange = { field: string; before: unknown; after: unknown };
type Named = { id: string; name?: string | null };
/** Somebody: their name is not written, but what stands for it (`lib/audit/personal`). Without it, nothing is. */
type NamedPerson = Named & { nameRef?: string };

/** What a verb says of one fact; who, where and when come from its ctx. */
export type EntryDraft = {
  action: AuditAction;
  outcome: Outcome;
  reason?: string | null;
  target?: { kind: TargetKind; id: string; name?: string | null; nameRef?: string } | null;
  changes?: readonly FieldChange[];
  person?: NamedPerson | null;
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
    /** The agents that act through one another for the person, outermost first, where they are several (RFC 8693). */
    actors?: readonly string[];
  } | null;
  role?: Named | null;
  tool?: string | null;
  requiredScopes?: readonly string[];
  missingScopes?: readonly string[];
  arguments?: unknown;
  /** With `metadata` the arguments are left out, and the entry says that there were some. */
  auditLevel?: "full" | "metadata";
  /** Where the caller of a validate says that its own client is; `source` stays where the call came from. */
  clientIp?: string | null;
  /** The caller's own id of the request, where it gave one. */
  callerRequestId?: string | null;
  durationMs?: number;
  details?: Record<string, unknown>;
  /** Given where the id must be known before the entry is written (`auditId`). */
  id?: string;
};

/** A finished entry, ready to be written: `body` is the exact canonical JSON in UTF-8, `leaf` its RFC 6962 leaf hash (hex). */
export type PreparedEntry = {
  id: string;
  /** µs of Unix time. */
  occurred_at: number;
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
  body: Buffer;
  leaf: string;
  trace_id: string | null;
  session_id: string | null;
};

/** The start of the second that was told last: thousands of entries share it. */
let told = { second: Number.NaN, text: "" };

/** µs of Unix time as RFC 3339. */
export function rfc3339Micros(micros: number): string {
  const second = Math.floor(micros / 1e6);
  if (second !== told.second) told = { second, text: new Date(second * 1000).toISOString().slice(0, 20) };
  return `${told.text}${String(micros - second * 1e6).padStart(6, "0")}Z`;
}

const lineOrNull = (value: string | null | undefined, maxChars?: number) =>
  value === null || value === undefined ? null : line(value, maxChars);

/** The RFC 6962 leaf hash of a body, hex: `SHA-256(0x00 ‖ body)`. */
export function leafHash(body: string): string {
  return hash("sha256", leafInput([body]), "hex");
}

const MAX_BYTES_PER_CHAR = 3;

/** A zero byte, and a body in UTF-8. */
function leafInput(parts: readonly string[]): Buffer {
  const most = parts.reduce((bytes, part) => bytes + part.length * MAX_BYTES_PER_CHAR, 1);
  const scratch = most <= SCRATCH.length ? SCRATCH : Buffer.alloc(most);
  let at = 1;
  for (const part of parts) at += scratch.write(part, at);
  return Buffer.from(scratch.subarray(0, at));
}

/** The first byte is zero, and stays so. */
const SCRATCH = Buffer.alloc(16 * 1024);

/**
 * Turns a draft into the entry that is written. Pure but for the new id. Never throws over what a draft holds.
 * @param concerned whom and what it concerns, where that was put into words before: then nothing of it is read in the draft
 */
export function prepareEntry(ctx: Ctx, draft: EntryDraft, concerned: Concerned = concernedBy(draft)): PreparedEntry {
  const id = draft.id ?? uuidV7();
  const occurredAt = Math.round(ctx.nowSeconds() * 1e6);
  const hashed = leafInput(bodyParts(ctx, draft, concerned, id, rfc3339Micros(occurredAt)));
  const { columns } = concerned;
  return {
    id,
    occurred_at: occurredAt,
    action: draft.action,
    outcome: draft.outcome,
    reason: lineOrNull(draft.reason, MAX_ID_CHARS),
    actor_kind: ctx.actor.kind,
    actor_id: ctx.actor.kind === "anonymous" ? null : actorRef(ctx.actor),
    person_id: columns.person_id,
    agent_id: columns.agent_id,
    server_id: columns.server_id,
    server_ids: columns.server_ids,
    token_id: columns.token_id,
    target_kind: columns.target_kind,
    target_id: columns.target_id,
    tool: lineOrNull(draft.tool),
    ip: lineOrNull(draft.clientIp ?? ctx.source.ip, MAX_ID_CHARS),
    request_id: passingLine(ctx.requestId, MAX_ID_CHARS),
    body: hashed.subarray(1),
    leaf: hash("sha256", hashed, "hex"),
    trace_id: ctx.trace?.traceId ?? null,
    session_id: ctx.actor.kind === "person" ? ctx.actor.sessionId : columns.session_id,
  };
}
