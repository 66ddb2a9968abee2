import "server-only";
import type { Tx } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { dueInDays, SECRET_DUE_AT, SECRET_SHOWN_AT } from "@/lib/oauth/secret-due";
import { maskCredential } from "@/lib/token/format";
import { OVERVIEW_ROWS, type OverviewDto } from "./schema";

const due = Prisma.raw(SECRET_DUE_AT);
const shown = Prisma.raw(SECRET_SHOWN_AT);

type Row = {
  id: string;
  lastFour: string;
  agentId: string;
  agentName: string;
  createdAt: Date;
  rotationDays: number;
  dueAt: Date;
  lastUsedAt: Date | null;
  total: number;
};

/** The client secrets of active agents that live and are overdue by the policy, or will be soon, the oldest first. One query. */
export async function readDueSecrets(db: Tx, now: Date): Promise<OverviewDto["secrets"]> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT s.id, s.last_four AS "lastFour", a.id AS "agentId", a.name AS "agentName", s.last_used_at AS "lastUsedAt",
      s.created_at AS "createdAt", i.secret_rotation_days AS "rotationDays", ${due} AS "dueAt", (count(*) OVER ())::int AS total
    FROM client_secret s JOIN agent a ON a.id = s.agent_id JOIN oauth_client c ON c.agent_id = a.id JOIN instance i ON i.id = 1
    WHERE ${shown} <= ${now} AND s.revoked_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ${now})
      AND a.status = 'active' AND c.auth_method LIKE 'client\\_secret%'
    ORDER BY s.created_at, s.id LIMIT ${OVERVIEW_ROWS}`;
  return {
    count: rows[0]?.total ?? 0,
    secrets: rows.map(({ id, lastFour, agentId, agentName, createdAt, rotationDays, dueAt, lastUsedAt }) => ({
      id,
      masked: maskCredential("cs", lastFour),
      agent: { id: agentId, name: agentName },
      dueAt: dueAt.toISOString(),
      dueInDays: dueInDays(createdAt, rotationDays, now),
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
    })),
  };
}
