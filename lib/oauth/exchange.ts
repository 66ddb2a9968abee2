import "server-only";
import { nowDate } from "@/lib/ctx";
import { db } from "@/lib/db";
import { hashedAs } from "@/lib/token/hash";
import { defineVerb } from "@/lib/verb";
import { isOauthForm, looksLikeJwt } from "./access-token-form";
import { insertAccessToken, lockIssuance, refused, requireOwn, type NewAccessToken } from "./issue";
import { judgeJwt } from "./jwt";

/** As many agents as may act through one another for somebody. */
export const MAX_EXCHANGES = 5;

const SELECT = {
  id: true,
  personId: true,
  agentId: true,
  grantId: true,
  scopes: true,
  declared: true,
  tools: true,
  jkt: true,
  actors: true,
  expiresAt: true,
  revokedAt: true,
  agent: { select: { client: { select: { clientId: true } } } },
  server: { select: { id: true, resource: true, requireDpop: true } },
} as const;

/** One of our access tokens that was presented to be exchanged; null where it is none, or has ended. What hangs on others is asked under lock. */
export async function findSubjectToken(token: string, nowSeconds: number) {
  if (!isOauthForm(token) || (looksLikeJwt(token) && judgeJwt(token) !== null)) return null;
  const found = await db().accessToken.findFirst({ where: { hash: hashedAs(token) }, select: SELECT });
  return found && !found.revokedAt && found.expiresAt.getTime() > nowSeconds * 1000 ? found : null;
}
export type SubjectToken = NonNullable<Awaited<ReturnType<typeof findSubjectToken>>>;

/** Who acts through whom, once a client acts through the agent of this token; outermost first. Client ids. */
export function actorsThrough(subject: SubjectToken, clientId: string): readonly string[] {
  const before = subject.actors.length > 0 ? subject.actors : [subject.agent.client?.clientId ?? subject.agentId];
  return [clientId, ...before];
}

type Ancestor = { id: string; agentId: string; live: boolean; active: boolean };

/**
 * Issues what an agent gets in exchange for another access token (RFC 8693): for the same person, server and grant. Under the lock of
 * everything that it is exchanged from, so that whoever ends any of it never misses a child that was made at the same moment
 * (`end-token.ts`). Throws `forbidden` where any of it has ended, its agents are not active, or as `issueAccessToken` does.
 */
export const exchangeAccessToken = defineVerb(
  {
    action: "oauth.exchange",
    permission: "oauth.issue",
    target: (token: NewAccessToken) => ({ kind: "agent", id: token.agentId }),
  },
  async (scope, token): Promise<void> => {
    const { ctx, tx, query } = scope;
    requireOwn(ctx, token.agentId);
    const line = await tx.$queryRaw<Ancestor[]>`
      WITH RECURSIVE line AS (
        SELECT id, parent_id, 0 AS depth FROM access_token WHERE id = ${token.parentId}
        UNION ALL SELECT p.id, p.parent_id, line.depth + 1 FROM line JOIN access_token p ON p.id = line.parent_id)
      SELECT t.id, t.agent_id AS "agentId", t.revoked_at IS NULL AND t.expires_at > ${nowDate(ctx)} AS live, a.status = 'active' AS active
      FROM line JOIN access_token t ON t.id = line.id JOIN agent a ON a.id = t.agent_id
      ORDER BY line.depth DESC FOR SHARE OF t, a`;
    if (line.length === 0 || line.some(({ live }) => !live)) throw refused("what was to be exchanged has ended");
    if (line.some(({ active }) => !active)) throw refused("an agent that it was exchanged from is not active");
    const grantAgentId = line[0]?.agentId;
    const parties = await lockIssuance(query, { ...token, grantAgentId });
    await insertAccessToken(scope, token, parties, "oauth.exchange");
  },
);
