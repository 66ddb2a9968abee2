import { ACTION_FACTS } from "@/lib/audit/actions";
import type { AuditAction } from "@/lib/audit/catalogue";
import { ERROR_CODES } from "@/lib/errors";
import type { SeenEntry } from "@/lib/testing/database";

/** What every body has, or may have. */
const EVERY = ["action", "actor", "code", "id", "occurredAt", "outcome", "reason", "requestId", "source", "target", "trace", "v"]; // prettier-ignore
const REFUSALS: readonly string[] = ERROR_CODES;

/** What an entry has, or says, that its action does not promise; empty where it keeps to it. */
export function unpromised({ action, outcome, reason, body }: SeenEntry): string[] {
  const facts = ACTION_FACTS[action as AuditAction] as (typeof ACTION_FACTS)[AuditAction] | undefined;
  if (!facts) return [`${action} is in no catalogue`];
  const { outcomes, targets, carries, reasons, code } = facts;
  const wrong: string[] = [];
  if (body.code !== code) wrong.push(`code ${String(body.code)}`);
  if (!(outcomes as readonly string[]).includes(outcome)) wrong.push(`outcome ${outcome}`);
  const target = (body.target as { kind: string } | null)?.kind;
  if (target !== undefined && !(targets as readonly string[]).includes(target)) wrong.push(`target ${target}`);
  const known = reasons === "free" || reason === null || reasons.includes(reason);
  if (!known && !(outcome === "denied" && REFUSALS.includes(reason))) wrong.push(`reason ${reason}`);
  for (const part of Object.keys(body))
    if (!EVERY.includes(part) && !(carries as readonly string[]).includes(part)) {
      // A refusal may say why, whatever the action.
      if (!(part === "details" && outcome === "denied")) wrong.push(`part ${part}`);
    }
  return wrong.map((what) => `${action}: ${what}`);
}
