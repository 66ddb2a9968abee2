import "server-only";
import { nowDate } from "@/lib/ctx";
import { GatehouseError } from "@/lib/errors";
import { awaitNewest } from "@/lib/lease/announce";
import type { RevocationDto } from "@/lib/token/schema";
import { defineVerb } from "@/lib/verb";
import { maskAccessToken } from "./access-token-form";

/** Which access token, by its `jti`. */
export type EndAccessTokenInput = { id: string; reason: string | null };

type Ended = {
  id: string;
  format: "jwt" | "opaque";
  lastFour: string;
  scopes: string[];
  person: { id: string; name: string } | null;
  agent: { id: string; name: string };
  server: { id: string; name: string };
};

/**
 * Ends one OAuth access token, and all that was exchanged from it (RFC 8693). The grant that it hangs from lives on. Doing it
 * again ends nothing and leaves no entry. Errors: `token_not_found`.
 */
export const endAccessToken = defineVerb(
  {
    action: "token.revoke",
    permission: "token.revoke",
    target: ({ id }: EndAccessTokenInput) => ({ kind: "token", id }),
    foresee: async (_ctx, db, { id }) =>
      (await db.accessToken.count({ where: { id, revokedAt: null } })) > 0 ? [{ kind: "token", id }] : [],
  },
  async (scope, { id, reason }): Promise<RevocationDto> => {
    const { ctx, tx, record } = scope;
    const now = nowDate(ctx);
    // An exchange holds its parent while it makes a child (`exchange.ts`): what it made is seen from here on.
    const [locked] = await tx.$queryRaw<{ live: boolean }[]>`
      SELECT revoked_at IS NULL AND expires_at > ${now} AS live FROM access_token WHERE id = ${id} FOR NO KEY UPDATE`;
    if (!locked) throw new GatehouseError("token_not_found");
    if (!locked.live) return { ...(await awaitNewest(tx)), revoked: 0 };
    const ended = await tx.$queryRaw<Ended[]>`
      WITH RECURSIVE family AS (
          SELECT id FROM access_token WHERE id = ${id}
          UNION SELECT child.id FROM access_token child JOIN family ON child.parent_id = family.id),
        ended AS (UPDATE access_token SET revoked_at = ${now}, revoked_reason = ${reason}
          WHERE id IN (SELECT id FROM family) AND revoked_at IS NULL
          RETURNING id, format, last_four, scopes, person_id, agent_id, server_id)
      SELECT e.id, e.format::text AS format, e.last_four AS "lastFour", e.scopes,
        CASE WHEN p.id IS NULL THEN NULL ELSE json_build_object('id', p.id, 'name', p.name) END AS person,
        json_build_object('id', a.id, 'name', a.name) AS agent, json_build_object('id', s.id, 'name', s.name) AS server
      FROM ended e JOIN agent a ON a.id = e.agent_id JOIN mcp_server s ON s.id = e.server_id
        LEFT JOIN person p ON p.id = e.person_id
      ORDER BY e.id`;
    // Whatever was exchanged from it is cached under its subject as well.
    const spread = await scope.narrow([{ kind: "token", id }]);
    const { seq, confirmedBy, processes, waitedMs } = spread;
    for (const { id: endedId, format, lastFour, scopes, person, agent, server } of ended)
      record({
        action: "token.revoke",
        outcome: "success",
        reason,
        target: { kind: "token", id: endedId, name: agent.name },
        credential: {
          id: endedId,
          kind: "oauth",
          name: agent.name,
          masked: maskAccessToken({ id: endedId, format, lastFour }),
          scopes,
        },
        person,
        agent,
        server,
        changes: [{ field: "revokedAt", before: null, after: now.toISOString() }],
        details: {
          seq,
          confirmedBy,
          processes,
          waitedMs,
          ...(endedId === id ? {} : { exchangedFrom: id }),
        },
      });
    return Object.assign(spread, { revoked: ended.length });
  },
);
