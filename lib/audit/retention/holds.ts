import "server-only";
import { actorRef, nowDate } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import type { AuditHold } from "@/lib/generated/prisma/client.ts";
import { newId } from "@/lib/id";
import { defineRead, defineVerb } from "@/lib/verb";
import { overlapsHold } from "./overlap";
import { READ_RETENTION } from "./policy";
import type { HoldDto, ListHoldsInput, PlacedHoldDto, PlaceHoldInput, ReleaseHoldInput } from "./schema";

/** Nobody keeps more in sight than this. */
const MOST = 1000;

const toDto = (row: AuditHold): HoldDto => ({
  id: row.id,
  from: row.fromAt?.toISOString() ?? null,
  to: row.toAt?.toISOString() ?? null,
  reason: row.reason,
  heldAt: row.heldAt.toISOString(),
  heldBy: row.heldBy,
  releasedAt: row.releasedAt?.toISOString() ?? null,
  releasedBy: row.releasedBy,
  releaseReason: row.releaseReason,
});

/** The legal holds that are in force, newest first; with `released` also those that were. */
export const listHolds = defineRead(
  READ_RETENTION,
  async ({ db }, { released }: ListHoldsInput): Promise<{ items: HoldDto[] }> => {
    const where = released ? {} : { releasedAt: null };
    const rows = await db.auditHold.findMany({ where, orderBy: [{ heldAt: "desc" }, { id: "desc" }], take: MOST });
    return { items: rows.map(toDto) };
  },
);

type Range = { fromAt: Date | null; toAt: Date | null };

async function rangeOf(tx: Tx, { partition, from, to }: PlaceHoldInput): Promise<Range> {
  if (partition === undefined) return { fromAt: from ? new Date(from) : null, toAt: to ? new Date(to) : null };
  const row = await tx.auditPartition.findUnique({ where: { name: partition }, select: { fromAt: true, toAt: true } });
  if (!row) throw new GatehouseError("partition_not_found");
  return row;
}

/** What is told of a hold in its entries. */
const told = ({ fromAt, toAt }: Range) => ({
  from: fromAt?.toISOString() ?? null,
  to: toAt?.toISOString() ?? null,
});

/**
 * Holds a time of the log: nothing of it is archived and dropped while the hold is not released, whatever the policy says. Complete when
 * it answers: what was being dropped then is said to be archived. Errors: `partition_not_found`.
 */
export const placeHold = defineVerb(
  { action: "hold.place", permission: "hold.write", recentAuthentication: true },
  async ({ ctx, tx, record }, input: PlaceHoldInput): Promise<PlacedHoldDto> => {
    const range = await rangeOf(tx, input);
    // Whoever drops locks this table first: from here on nothing is dropped before it can see the hold.
    const hold = await tx.auditHold.create({
      data: {
        id: newId("hold"),
        ...range,
        reason: input.reason,
        heldAt: nowDate(ctx),
        heldBy: actorRef(ctx.actor),
      },
    });
    const archived = await tx.$queryRawUnsafe<{ partition: string; file: string }[]>(
      `SELECT p.name AS partition, p.archive_file AS file FROM audit_partition p JOIN audit_hold h ON h.id = $1
       WHERE p.state = 'detached' AND p.archive_file IS NOT NULL AND ${overlapsHold("p", "h")} ORDER BY p.to_at`,
      hold.id,
    );
    record({
      action: "hold.place",
      outcome: "success",
      reason: input.reason,
      target: { kind: "hold", id: hold.id },
      details: { ...told(range), archivedBefore: archived.length },
    });
    return { ...toDto(hold), archived };
  },
);

/** Ends a hold: the policy counts for that time again. Releasing one that was released changes nothing. Errors: `hold_not_found`. */
export const releaseHold = defineVerb(
  {
    action: "hold.release",
    permission: "hold.write",
    recentAuthentication: true,
    target: ({ holdId }: ReleaseHoldInput) => ({ kind: "hold", id: holdId }),
  },
  async ({ ctx, tx, record }, { holdId, reason }): Promise<HoldDto> => {
    await tx.$executeRaw`SELECT 1 FROM audit_hold WHERE id = ${holdId} FOR UPDATE`;
    const before = await tx.auditHold.findUnique({ where: { id: holdId } });
    if (!before) throw new GatehouseError("hold_not_found");
    if (before.releasedAt) return toDto(before);
    const data = { releasedAt: nowDate(ctx), releasedBy: actorRef(ctx.actor), releaseReason: reason };
    const after = await tx.auditHold.update({ where: { id: holdId }, data });
    record({
      action: "hold.release",
      outcome: "success",
      reason,
      target: { kind: "hold", id: holdId },
      details: { ...told(before), heldFor: before.reason },
    });
    return toDto(after);
  },
);
