import "server-only";
import type { Ctx } from "@/lib/ctx";
import { pool } from "@/lib/db";
import { defineRead } from "@/lib/verb";
import type { AuditFilter } from "./schema";

/**
 * What *now* means for a filter, ms of Unix time: by the ctx's clock, or where the log is pinned to a size (`below`), when its last
 * entry happened. So relative times mean the same to everybody who follows a pinned link, whenever they do.
 */
export async function momentOf(ctx: Ctx, { below }: Pick<AuditFilter, "below">): Promise<number> {
  const pinned = below === undefined ? null : await lastMomentBelow(below);
  return pinned ?? ctx.nowSeconds() * 1000;
}

async function lastMomentBelow(below: number): Promise<number | null> {
  const { rows } = await pool().query<{ ms: number }>(
    "SELECT extract(epoch FROM occurred_at)::float8 * 1000 AS ms FROM audit_entry WHERE idx < $1 ORDER BY idx DESC LIMIT 1",
    [below],
  );
  return rows[0]?.ms ?? null;
}

/** How many entries the log has by now: what a link is pinned to. */
export const sizeOfLog = defineRead(
  { action: "audit.search", permission: "audit.read" },
  async ({ db }, _input: void): Promise<number> =>
    Number((await db.auditHead.findUniqueOrThrow({ where: { id: 1 } })).next),
);

/** What *now* means on a screen that is pinned to a size, ms of Unix time. */
export const momentOfPin = defineRead(
  { action: "audit.search", permission: "audit.read" },
  ({ ctx }, below: number): Promise<number> => momentOf(ctx, { below }),
);
