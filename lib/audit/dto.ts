import "server-only";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import type { Outcome } from "./catalogue";
import { openedBody, personalOf, readPersonal, type Opened } from "./personal/read";
import type { AuditEntryDto } from "./schema";

/** Microseconds, which a `Date` would lose. */
export const ENTRY_COLUMNS = Prisma.sql`idx, id, action, outcome, reason, actor_kind, actor_id, ip, request_id, trace_id, session_id, body, leaf,
  to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS occurred,
  to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS recorded`;

/** A row of `ENTRY_COLUMNS`. */
export type EntryRow = {
  idx: string;
  id: string;
  action: string;
  outcome: Outcome;
  reason: string | null;
  actor_kind: string;
  actor_id: string | null;
  ip: string | null;
  request_id: string | null;
  trace_id: string | null;
  session_id: string | null;
  body: string;
  leaf: Buffer;
  occurred: string;
  recorded: string;
};

type Named = { id: string; name: string | null };
type Body = Record<string, unknown> & {
  actor?: { name?: string };
  target?: Named & { kind: string };
  person?: Named;
  agent?: Named;
  server?: Named;
  servers?: Named[];
  credential?: Named & { kind: string; masked: string | null };
  tool?: string;
};

const named = ({ id, name }: Named): Named => ({ id, name: name ?? null });
const namedOf = (thing: Named | null | undefined) => (thing ? named(thing) : null);

type UnbadgedEntry = Omit<AuditEntryDto, "badges">;

/** Rows as DTOs, with what their commitments stand for, read at once; badges stand elsewhere (`withBadges`). */
export async function toEntryDtos(rows: readonly EntryRow[]): Promise<UnbadgedEntry[]> {
  const known = await readPersonal(rows.map(({ body }) => body));
  return rows.map((row) => toEntryDto(row, known));
}

/** A row as the DTO. */
export function toEntryDto(row: EntryRow, known: Opened): UnbadgedEntry {
  const personal = personalOf(row.body, known);
  const recorded = JSON.parse(row.body) as Body;
  const body = Object.keys(personal).length === 0 ? recorded : (JSON.parse(openedBody(row.body, known)) as Body);
  const { target, credential } = body;
  return {
    index: Number(row.idx),
    id: row.id,
    occurredAt: row.occurred,
    recordedAt: row.recorded,
    action: row.action,
    outcome: row.outcome,
    reason: row.reason,
    actor: { kind: row.actor_kind, id: row.actor_id, name: body.actor?.name ?? null },
    target: target ? { kind: target.kind, id: target.id, name: target.name ?? null } : null,
    person: namedOf(body.person),
    agent: namedOf(body.agent),
    server: namedOf(body.server),
    servers: (body.servers ?? (body.server ? [body.server] : [])).map(named),
    credential: credential
      ? { id: credential.id, kind: credential.kind, name: credential.name ?? null, masked: credential.masked ?? null }
      : null,
    tool: body.tool ?? null,
    ip: row.ip,
    requestId: row.request_id,
    traceId: row.trace_id,
    sessionId: row.session_id,
    body: recorded,
    personal,
    leaf: row.leaf.toString("hex"),
  };
}
