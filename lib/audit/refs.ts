import "server-only";
import { Prisma } from "@/lib/generated/prisma/client.ts";

const { sql } = Prisma;

/** Whom and what an entry concerns, as `audit_entry_refs_idx` holds it: only this very expression is looked up there. */
const REFS = sql`(ARRAY[actor_id, person_id, agent_id, server_id, token_id, target_id, 'tool:' || tool] || server_ids)`;

/** True where any of the ids is the entry's actor, person, agent, server (or one of them), token or target. */
export const concernsAny = (ids: readonly string[]): Prisma.Sql =>
  ids.length === 0 ? sql`FALSE` : sql`${REFS} && ${[...ids]}::text[]`;

/** True where the entry is about a tool of one of those names. */
export const concernsTools = (names: readonly string[]): Prisma.Sql => concernsAny(names.map((name) => `tool:${name}`));

/**
 * `concernsAny`, and more narrowly `condition`, which follows from it. The planner would take the two for independent and
 * expect far too few entries; of a CASE it expects half.
 */
export const concernsAs = (ids: readonly string[], condition: Prisma.Sql): Prisma.Sql =>
  sql`(${concernsAny(ids)} AND CASE WHEN ${condition} THEN TRUE ELSE FALSE END)`;
