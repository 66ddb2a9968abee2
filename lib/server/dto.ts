import "server-only";
import { nowDate, type Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import type { ServerDto } from "./schema";

/** The columns a `ServerDto` is made of, besides its counts. */
export const serverSelect = {
  id: true,
  slug: true,
  name: true,
  resource: true,
  description: true,
  status: true,
  builtin: true,
  maxTokenLifetimeSeconds: true,
  accessTokenFormat: true,
  accessTokenSeconds: true,
  requireDpop: true,
  auditLevel: true,
  importUrl: true,
  importedAt: true,
  createdAt: true,
  updatedAt: true,
} satisfies Prisma.McpServerSelect;

type ServerRow = Prisma.McpServerGetPayload<{ select: typeof serverSelect }>;
type Counts = ServerDto["counts"];

const NO_COUNTS: Counts = {
  scopes: 0,
  tools: 0,
  closedTools: 0,
  driftedTools: 0,
  liveKeys: 0,
  liveTokens: 0,
  liveConnections: 0,
};

/** The counts of several servers in one statement; keys and tokens count where they live at the ctx's present. */
async function countsOf(ctx: Ctx, db: Tx, serverIds: readonly string[]): Promise<Map<string, Counts>> {
  const now = nowDate(ctx);
  const rows = await db.$queryRaw<(Counts & { id: string })[]>`
    SELECT s.id,
      (SELECT count(*)::int FROM scope WHERE server_id = s.id) AS "scopes",
      tools."tools", tools."closedTools", tools."driftedTools",
      (SELECT count(*)::int FROM server_key AS k WHERE k.server_id = s.id AND k.revoked_at IS NULL
         AND (k.expires_at IS NULL OR k.expires_at > ${now}) AND (k.retires_at IS NULL OR k.retires_at > ${now})) AS "liveKeys",
      (SELECT count(*)::int FROM token_server AS ts JOIN token AS t ON t.id = ts.token_id
         WHERE ts.server_id = s.id AND t.revoked_at IS NULL AND t.expires_at > ${now}
         AND (t.retires_at IS NULL OR t.retires_at > ${now})) AS "liveTokens",
      (SELECT count(*)::int FROM oauth_grant WHERE server_id = s.id AND revoked_at IS NULL AND expires_at > ${now})
        + (SELECT count(*)::int FROM access_token WHERE server_id = s.id AND grant_id IS NULL AND revoked_at IS NULL
             AND expires_at > ${now}) AS "liveConnections"
    FROM mcp_server AS s, LATERAL (
      SELECT count(*)::int AS "tools",
        count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM tool_scope WHERE tool_id = tool.id))::int AS "closedTools",
        count(*) FILTER (WHERE drift <> 'none')::int AS "driftedTools"
      FROM tool WHERE server_id = s.id) AS tools
    WHERE s.id = ANY(${[...serverIds]})`;
  return new Map(rows.map(({ id, ...counts }) => [id, counts]));
}

/** Rows as DTOs, in the same order. */
export async function toServerDtos(ctx: Ctx, db: Tx, rows: readonly ServerRow[]): Promise<ServerDto[]> {
  if (rows.length === 0) return [];
  const counts = await countsOf(
    ctx,
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({
    ...row,
    unlistedTools: "deny",
    importedAt: row.importedAt?.toISOString() ?? null,
    counts: counts.get(row.id) ?? NO_COUNTS,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }));
}

/** The DTO of a server that is known to exist. */
export async function readServerDto(ctx: Ctx, db: Tx, serverId: string): Promise<ServerDto> {
  const row = await db.mcpServer.findUniqueOrThrow({ where: { id: serverId }, select: serverSelect });
  const [dto] = await toServerDtos(ctx, db, [row]);
  if (!dto) throw new Error("a server row gave no DTO");
  return dto;
}
