import "server-only";
import type { EntryDraft } from "@/lib/audit/entry";
import { actorRef, nowDate } from "@/lib/ctx";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { awaitNewest } from "@/lib/lease/announce";
import type { Subject } from "@/lib/lease/subject";
import type { VerbScope } from "@/lib/verb";
import type { TokenKind } from "./effective";
import { stateIs } from "./filter";
import { describeCredential } from "./insert";
import type { RevocationDto } from "./schema";

type Ended = {
  id: string;
  name: string;
  kind: TokenKind;
  lastFour: string;
  person: { id: string; name: string } | null;
  agent: { id: string; name: string } | null;
  role: { id: string; name: string };
  servers: { id: string; name: string }[];
};

/** Which tokens are to end, why, and what is told of it. */
export type Ending = {
  /** A condition on a token `t`. */
  which: Prisma.Sql;
  reason: string | null;
  /** What was narrowed, where that is more than the tokens. */
  subject: Subject;
  /** Each process refuses as soon as it hears of it, rather than all of them at one moment. */
  urgent: boolean;
  /** The entry beside those of the single tokens, where many are revoked. */
  summary?: (revoked: number) => EntryDraft;
};

/**
 * Revokes every live token that `which` tells, in one statement, with an entry for each. Tokens that have ended stay as
 * they ended; where none is left nothing is recorded, so that a second call is harmless.
 */
export async function endTokens(scope: VerbScope, ending: Ending): Promise<RevocationDto> {
  const { ctx, tx, record } = scope;
  const now = nowDate(ctx);
  const ended = await tx.$queryRaw<Ended[]>`
    WITH doomed AS (SELECT t.id FROM token t WHERE ${ending.which} AND ${stateIs("live", now)} ORDER BY t.id FOR UPDATE),
      ended AS (UPDATE token SET revoked_at = ${now}, revoked_reason = ${ending.reason}, revoked_by = ${actorRef(ctx.actor)}
        WHERE id IN (SELECT id FROM doomed) RETURNING id, name, kind::text AS kind, last_four, person_id, agent_id, role_id)
    SELECT e.id, e.name, e.kind, e.last_four AS "lastFour",
      CASE WHEN p.id IS NULL THEN NULL ELSE json_build_object('id', p.id, 'name', p.name) END AS person,
      CASE WHEN a.id IS NULL THEN NULL ELSE json_build_object('id', a.id, 'name', a.name) END AS agent,
      json_build_object('id', r.id, 'name', r.name) AS role,
      (SELECT coalesce(json_agg(json_build_object('id', m.id, 'name', m.name) ORDER BY m.id), '[]')
        FROM token_server ts JOIN mcp_server m ON m.id = ts.server_id WHERE ts.token_id = e.id) AS servers
    FROM ended e JOIN role r ON r.id = e.role_id
      LEFT JOIN person p ON p.id = e.person_id LEFT JOIN agent a ON a.id = e.agent_id
    ORDER BY e.id`;
  if (ended.length === 0) return unchanged(scope);
  const { urgent } = ending;
  const spread = await scope.narrow(subjectsOf(ending.subject, ended), { urgent });
  const { seq, confirmedBy, processes, waitedMs } = spread;
  for (const token of ended) {
    record({
      action: "token.revoke",
      outcome: "success",
      reason: ending.reason,
      target: { kind: "token", id: token.id, name: token.name },
      credential: describeCredential(token),
      person: token.person,
      agent: token.agent,
      role: token.role,
      servers: token.servers,
      changes: [{ field: "revokedAt", before: null, after: now.toISOString() }],
      // An urgent one is in force before anybody has confirmed.
      details: urgent ? { seq, urgent } : { seq, confirmedBy, processes, waitedMs },
    });
  }
  if (ending.summary) record(ending.summary(ended.length));
  // The same object: what is urgent is waited for after the commit.
  return Object.assign(spread, { revoked: ended.length });
}

/** A server stands for what is cached of its tokens on it, not for what is cached of them on others. */
function subjectsOf(subject: Subject, ended: readonly Ended[]): readonly Subject[] {
  if (subject.kind !== "server") return [subject];
  return [
    subject,
    ...ended.filter(({ servers }) => servers.length > 1).map(({ id }): Subject => ({ kind: "token", id })),
  ];
}

/** Nothing was left to end. What ended it may have been urgent, and not have reached everybody yet: so this waits too. */
async function unchanged({ tx }: VerbScope): Promise<RevocationDto> {
  return { ...(await awaitNewest(tx)), revoked: 0 };
}
