import "server-only";
import { nowDate } from "@/lib/ctx";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import type { Spread } from "@/lib/lease/announce";
import type { Subject } from "@/lib/lease/subject";
import type { VerbScope } from "@/lib/verb";
import { endGrants } from "./end-grants";

/** Whose OAuth access ends: an agent's, a person's, everybody's on a server, or all there is. */
export type AccessEnding = {
  subject: Subject & { kind: "agent" | "person" | "server" | "all" };
  reason: string | null;
  urgent: boolean;
};

const COLUMN = { agent: Prisma.sql`agent_id`, person: Prisma.sql`person_id`, server: Prisma.sql`server_id` } as const;

/**
 * Ends every grant of somebody or something, and every access token that a machine got in its own name, or that an agent
 * got in exchange for another's. `revoked` counts all of them; where there is none, nothing is recorded.
 */
export async function endOAuthAccess(
  scope: VerbScope,
  { subject, reason, urgent }: AccessEnding,
): Promise<Readonly<Spread> & { revoked: number }> {
  const { ctx, tx, record } = scope;
  const now = nowDate(ctx);
  const whose = subject.kind === "all" ? Prisma.sql`true` : Prisma.sql`${COLUMN[subject.kind]} = ${subject.id}`;
  // What others got in exchange for an agent's tokens lives only while that agent's grants do.
  const ownName = Prisma.sql`(grant_id IS NULL OR (parent_id IS NOT NULL AND ${subject.kind === "agent"}))`;
  const machines = await tx.$queryRaw<{ agent: { id: string; name: string }; tokens: number }[]>`
    WITH ended AS (UPDATE access_token SET revoked_at = ${now}, revoked_reason = ${reason}
      WHERE id IN (SELECT id FROM access_token WHERE ${whose} AND ${ownName} AND revoked_at IS NULL AND expires_at > ${now} ORDER BY id FOR UPDATE)
      RETURNING agent_id)
    SELECT json_build_object('id', a.id, 'name', a.name) AS agent, count(*)::int AS tokens
    FROM ended e JOIN agent a ON a.id = e.agent_id GROUP BY a.id, a.name ORDER BY a.id`;
  const grants = await endGrants(scope, { which: whose, reason, urgent, subjects: [subject] });
  if (machines.length === 0) return grants;
  const ended = grants.revoked;
  const spread = await scope.narrow([subject], { urgent });
  for (const { agent, tokens } of machines)
    record({
      action: "token.revoke_many",
      outcome: "success",
      reason,
      target: { kind: "agent", ...agent },
      agent,
      details: { accessTokens: tokens, urgent },
    });
  return Object.assign(spread, { revoked: ended + machines.reduce((sum, { tokens }) => sum + tokens, 0) });
}
