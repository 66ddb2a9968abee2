import "server-only";
import type { Tx } from "@/lib/db";
import type { OverviewDto } from "./schema";

const WINDOW_MS = 86_400_000;
/** Decisions beyond this many are not counted: the overview must stay quick however busy the day was. */
const MOST_COUNTED = 100_000;
const TOP = 5;

type Counted = {
  allowed: number;
  denied: number;
  tokens: { id: string; name: string | null; count: number }[] | null;
  tools: { tool: string; serverId: string | null; serverName: string | null; count: number }[] | null;
};

function auditHref(since: string, more: Record<string, string>): string {
  return `/audit?${new URLSearchParams({ action: "token.validate", outcome: "deny", from: since, ...more }).toString()}`;
}

/** The decisions of the last 24 hours, and whom and what was denied most. One query. */
export async function readDecisions(db: Tx, now: Date): Promise<NonNullable<OverviewDto["decisions"]>> {
  const since = new Date(now.getTime() - WINDOW_MS);
  const [counted] = await db.$queryRaw<Counted[]>`
    WITH decided AS MATERIALIZED (
        SELECT outcome, token_id, server_id, tool FROM audit_entry
        WHERE occurred_at >= ${since} AND action = 'token.validate' AND outcome IN ('allow', 'deny')
        ORDER BY occurred_at DESC LIMIT ${MOST_COUNTED}),
      by_token AS (SELECT token_id AS id, count(*)::int AS count FROM decided
        WHERE outcome = 'deny' AND token_id IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${TOP}),
      by_tool AS (SELECT tool, server_id, count(*)::int AS count FROM decided
        WHERE outcome = 'deny' AND tool IS NOT NULL GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT ${TOP})
    SELECT (SELECT count(*)::int FROM decided WHERE outcome = 'allow') AS allowed,
      (SELECT count(*)::int FROM decided WHERE outcome = 'deny') AS denied,
      (SELECT json_agg(json_build_object('id', b.id, 'name', t.name, 'count', b.count) ORDER BY b.count DESC, b.id)
        FROM by_token b LEFT JOIN token t ON t.id = b.id) AS tokens,
      (SELECT json_agg(json_build_object('tool', b.tool, 'serverId', b.server_id, 'serverName', m.name, 'count', b.count)
          ORDER BY b.count DESC, b.tool, b.server_id)
        FROM by_tool b LEFT JOIN mcp_server m ON m.id = b.server_id) AS tools`;
  const { allowed = 0, denied = 0, tokens, tools } = counted ?? {};
  const sinceAt = since.toISOString();
  return {
    sinceAt,
    capped: allowed + denied >= MOST_COUNTED,
    allowed,
    denied,
    deniedTokens: (tokens ?? []).map((token) => ({ ...token, href: auditHref(sinceAt, { token: token.id }) })),
    deniedTools: (tools ?? []).map((row) => ({
      ...row,
      href: auditHref(sinceAt, { tool: row.tool, ...(row.serverId ? { server: row.serverId } : {}) }),
    })),
    href: auditHref(sinceAt, {}),
  };
}
