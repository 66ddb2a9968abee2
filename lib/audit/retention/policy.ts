import "server-only";
import type { Tx } from "@/lib/db";
import { env } from "@/lib/env";
import { defineRead, defineVerb } from "@/lib/verb";
import type { RetentionDto, SetRetentionInput } from "./schema";

/** The job's name, in its lock and in what it says of itself. */
export const RETENTION_JOB = "retention";

/** What every reading verb of retention asks for. */
export const READ_RETENTION = { action: "retention.read", permission: "retention.read" } as const;

async function readRetention(db: Tx): Promise<RetentionDto> {
  const { auditRetentionDays } = await db.instance.findUniqueOrThrow({
    where: { id: 1 },
    select: { auditRetentionDays: true },
  });
  const job = await db.keeperJob.findUnique({ where: { name: RETENTION_JOB } });
  return {
    days: auditRetentionDays,
    hasFolder: env().GATEHOUSE_AUDIT_ARCHIVE !== undefined,
    fault: job?.fault ?? null,
    faultAt: job?.fault ? (job.faultAt?.toISOString() ?? null) : null,
    lookedAt: job?.doneAt?.toISOString() ?? null,
  };
}

/** How long the log is kept, and how its keeping goes. */
export const getRetention = defineRead(READ_RETENTION, ({ db }, _input: void) => readRetention(db));

/**
 * Says how long the log is kept. What is older than that is archived with its proofs by the keeper, and then dropped, but for what is
 * held. It takes an owner who has proved who they are lately.
 */
export const setRetention = defineVerb(
  {
    action: "retention.update",
    permission: "retention.write",
    recentAuthentication: true,
    target: () => ({ kind: "instance", id: "gatehouse" }),
  },
  async ({ tx, record }, { days }: SetRetentionInput): Promise<RetentionDto> => {
    await tx.$executeRaw`SELECT 1 FROM instance WHERE id = 1 FOR UPDATE`;
    const before = await readRetention(tx);
    if (before.days === days) return before;
    await tx.instance.update({ where: { id: 1 }, data: { auditRetentionDays: days } });
    record({
      action: "retention.update",
      outcome: "success",
      target: { kind: "instance", id: "gatehouse" },
      changes: [{ field: "days", before: before.days, after: days }],
    });
    return { ...before, days };
  },
);
