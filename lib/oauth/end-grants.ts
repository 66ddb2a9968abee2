import "server-only";
import { actorRef, nowDate } from "@/lib/ctx";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { awaitNewest, type Spread } from "@/lib/lease/announce";
import type { Subject } from "@/lib/lease/subject";
import type { VerbScope } from "@/lib/verb";

type Ended = {
  id: string;
  person: { id: string; name: string };
  agent: { id: string; name: string };
  server: { id: string; name: string };
};

/** Which grants are to end, and why. */
export type GrantEnding = {
  /** Ids, or a condition on a grant `g`. */
  ids?: readonly string[];
  which?: Prisma.Sql;
  reason: string | null;
  urgent: boolean;
  /** What is narrowed, where that is more than the grants. */
  subjects?: readonly Subject[];
};

/**
 * Ends every live grant that is meant, in one statement, with an entry for each; their refresh and access tokens die with them.
 * Where none is left nothing is recorded, so that a second call is harmless.
 */
export async function endGrants(
  scope: VerbScope,
  ending: GrantEnding,
): Promise<Readonly<Spread> & { revoked: number }> {
  const { ctx, tx, record } = scope;
  const { reason, urgent } = ending;
  const now = nowDate(ctx);
  const which = ending.which ?? Prisma.sql`g.id = ANY(${[...(ending.ids ?? [])]})`;
  const ended = await tx.$queryRaw<Ended[]>`
    WITH doomed AS (SELECT g.id FROM oauth_grant g WHERE ${which} AND g.revoked_at IS NULL ORDER BY g.id FOR UPDATE),
      ended AS (UPDATE oauth_grant SET revoked_at = ${now}, revoked_reason = ${reason}, revoked_by = ${actorRef(ctx.actor)}
        WHERE id IN (SELECT id FROM doomed) RETURNING id, person_id, agent_id, server_id)
    SELECT e.id, json_build_object('id', p.id, 'name', p.name) AS person, json_build_object('id', a.id, 'name', a.name) AS agent,
      json_build_object('id', s.id, 'name', s.name) AS server
    FROM ended e JOIN person p ON p.id = e.person_id JOIN agent a ON a.id = e.agent_id JOIN mcp_server s ON s.id = e.server_id
    ORDER BY e.id`;
  if (ended.length === 0) return { ...(await awaitNewest(tx)), revoked: 0 };
  const subjects = ending.subjects ?? ended.map(({ id }): Subject => ({ kind: "grant", id }));
  const spread = await scope.narrow(subjects, { urgent });
  const { seq, confirmedBy, processes, waitedMs } = spread;
  for (const { id, person, agent, server } of ended)
    record({
      action: "grant.revoke",
      outcome: "success",
      reason,
      target: { kind: "grant", id },
      person,
      agent,
      server,
      changes: [{ field: "revokedAt", before: null, after: now.toISOString() }],
      details: urgent ? { seq, urgent } : { seq, confirmedBy, processes, waitedMs },
    });
  // The same object: what is urgent is waited for after the commit.
  return Object.assign(spread, { revoked: ended.length });
}
