import "server-only";
import type { Tx } from "@/lib/db";
import type { DecidedHour, OverviewDto } from "./schema";

const HOUR_MS = 3_600_000;
const HOURS = 24;
/** The clock of the process and that of the database may differ: partitions are left out with that much to spare. */
const SKEW_MS = 600_000;
/** Decisions beyond this many are not counted: the overview must stay quick however busy the day was. */
const MOST_COUNTED = 100_000;
const TOP = 5;

type HourRow = { hour: number; allowed: number; denied: number };
type Counted = {
  allowed: number;
  denied: number;
  hours: HourRow[] | null;
  tokens: { id: string; name: string | null; count: number }[] | null;
  tools: { tool: string; serverId: string | null; serverName: string | null; count: number }[] | null;
};

function auditHref(since: string, more: Record<string, string>): string {
  return `/audit?${new URLSearchParams({ action: "token.validate", outcome: "deny", from: since, ...more }).toString()}`;
}

/** Every hour of the window. Where the count was cut off, what lies before and at the cut is unknown, not zero. */
function toHours(rows: readonly HourRow[], since: Date, capped: boolean): DecidedHour[] {
  const cutAt = capped ? Math.min(...rows.map(({ hour }) => hour)) : -1;
  return Array.from({ length: HOURS }, (_, hour) => {
    const startsAt = new Date(since.getTime() + hour * HOUR_MS).toISOString();
    if (hour <= cutAt) return { startsAt, allowed: null, denied: null };
    const row = rows.find((counted) => counted.hour === hour);
    return { startsAt, allowed: row?.allowed ?? 0, denied: row?.denied ?? 0 };
  });
}

/** The decisions of the last 24 hours, and whom and what was denied most. One query. */
export async function readDecisions(db: Tx, now: Date): Promise<NonNullable<OverviewDto["decisions"]>> {
  const since = new Date(now.getTime() - HOURS * HOUR_MS);
  const [counted] = await db.$queryRaw<Counted[]>`
    WITH decided AS MATERIALIZED (
        SELECT occurred_at, outcome, token_id, server_id, tool FROM audit_entry
        WHERE occurred_at >= ${since} AND recorded_at >= ${new Date(since.getTime() - SKEW_MS)}
          AND action = 'token.validate' AND outcome IN ('allow', 'deny')
        ORDER BY occurred_at DESC LIMIT ${MOST_COUNTED}),
      by_hour AS (SELECT least(floor(extract(epoch FROM occurred_at - ${since}) / 3600), ${HOURS - 1})::int AS hour,
          count(*) FILTER (WHERE outcome = 'allow')::int AS allowed, count(*) FILTER (WHERE outcome = 'deny')::int AS denied
        FROM decided GROUP BY 1),
      by_token AS (SELECT token_id AS id, count(*)::int AS count FROM decided
        WHERE outcome = 'deny' AND token_id IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${TOP}),
      by_tool AS (SELECT tool, server_id, count(*)::int AS count FROM decided
        WHERE outcome = 'deny' AND tool IS NOT NULL GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT ${TOP})
    SELECT (SELECT count(*)::int FROM decided WHERE outcome = 'allow') AS allowed,
      (SELECT count(*)::int FROM decided WHERE outcome = 'deny') AS denied,
      (SELECT json_agg(by_hour) FROM by_hour) AS hours,
      (SELECT json_agg(json_build_object('id', b.id, 'name', t.name, 'count', b.count) ORDER BY b.count DESC, b.id)
        FROM by_token b LEFT JOIN token t ON t.id = b.id) AS tokens,
      (SELECT json_agg(json_build_object('tool', b.tool, 'serverId', b.server_id, 'serverName', m.name, 'count', b.count)
          ORDER BY b.count DESC, b.tool, b.server_id)
        FROM by_tool b LEFT JOIN mcp_server m ON m.id = b.server_id) AS tools`;
  const { allowed = 0, denied = 0, hours, tokens, tools } = counted ?? {};
  const capped = allowed + denied >= MOST_COUNTED;
  const sinceAt = since.toISOString();
  return {
    sinceAt,
    capped,
    allowed,
    denied,
    hours: toHours(hours ?? [], since, capped),
    deniedTokens: (tokens ?? []).map((token) => ({ ...token, href: auditHref(sinceAt, { token: token.id }) })),
    deniedTools: (tools ?? []).map((row) => ({
      ...row,
      href: auditHref(sinceAt, { tool: row.tool, ...(row.serverId ? { server: row.serverId } : {}) }),
    })),
    href: auditHref(sinceAt, {}),
  };
}
