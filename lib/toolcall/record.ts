import "server-only";
import type { Outcome } from "@/lib/audit/catalogue";
import { prepareEntry, type EntryDraft } from "@/lib/audit/entry";
import { isCommitment } from "@/lib/audit/personal/ref";
import { requirePermission } from "@/lib/authz/require";
import { recordedAbout } from "@/lib/audit/storage/recorded";
import { pool } from "@/lib/db";
import { rethrow } from "@/lib/db-errors";
import { GatehouseError } from "@/lib/errors";
import type { Caller } from "@/lib/validate/authenticate";
import { runtime } from "@/lib/validate/runtime";
import type { RecordToolCallsInput, RecordedToolCalls, ToolCallInput } from "./schema";

const OUTCOME_OF: Record<ToolCallInput["outcome"], Outcome> = { ok: "success", error: "failure", denied: "denied" };

/** Whom a decision was about, as its own entry tells. */
type About = Pick<EntryDraft, "person" | "agent" | "credential" | "role">;

/**
 * Records how tool calls ended, as their server reports it; resolves once they are durable, in either audit mode. An
 * `auditId` ties a report to the decision that let the call go ahead, and so to person, agent and token; it must be one
 * that this server was answered. Permission `toolcall.record`. Errors: `invalid_request` (field `items.N.auditId`),
 * `unavailable`.
 */
export async function recordToolCalls(caller: Caller, input: RecordToolCallsInput): Promise<RecordedToolCalls> {
  const { ctx, asking } = caller;
  requirePermission(ctx, "toolcall.record");
  const ids = input.items.flatMap(({ auditId }) => (auditId === undefined ? [] : [auditId.toLowerCase()]));
  const decisions = await findDecisions(asking.id, ids).catch(rethrow);
  const unknown = input.items.flatMap(({ auditId }, nth) =>
    auditId !== undefined && !decisions.has(auditId.toLowerCase()) ? [`items.${nth}.auditId`] : [],
  );
  if (unknown.length > 0) {
    throw new GatehouseError("invalid_request", {
      fields: unknown.map((path) => ({ path, code: "unknown_audit_id", message: "is not a decision for this server" })),
    });
  }
  const entries = input.items.map((item) => {
    const auditId = item.auditId?.toLowerCase();
    return prepareEntry(ctx, {
      action: "tool.call",
      outcome: OUTCOME_OF[item.outcome],
      reason: item.outcome,
      ...(auditId === undefined ? {} : decisions.get(auditId)),
      server: asking,
      tool: item.tool,
      arguments: item.arguments,
      auditLevel: asking.auditLevel,
      callerRequestId: item.requestId,
      durationMs: item.durationMs,
      details: {
        startedAt: typeof item.startedAt === "number" ? new Date(item.startedAt * 1000).toISOString() : item.startedAt,
        decisionId: auditId,
        error: item.error,
      },
    });
  });
  await runtime().recorder.record(entries, { durable: true });
  return { recorded: entries.length };
}

async function findDecisions(serverId: string, ids: readonly string[]): Promise<Map<string, About>> {
  if (ids.length === 0) return new Map();
  await runtime().recorder.answered(); // in buffered mode the decision may still be on its way
  const { rows } = await pool().query<{ id: string; body: string }>({
    name: "find-decisions",
    text: `SELECT id, body FROM audit_entry WHERE id = ANY($1::uuid[]) AND server_id = $2 AND action = 'token.validate'
      AND recorded_at BETWEEN $3 AND $4`,
    values: [ids, serverId, ...recordedAbout(ids)],
  });
  return new Map(rows.map(({ id, body }) => [id, aboutOf(JSON.parse(body) as About)]));
}

/** The name stands there as a commitment already, unless the entry is older than those. */
function aboutOf({ person, agent, credential, role }: About): About {
  const named = person && isCommitment(person.name) ? { id: person.id, nameRef: person.name } : person;
  return { person: named, agent, credential, role };
}
