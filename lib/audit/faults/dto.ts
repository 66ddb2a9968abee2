import "server-only";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import type { FaultSource, LogFaultDto } from "./schema";

/** The columns a `LogFaultDto` is made of. */
export const logFaultSelect = {
  source: true,
  idx: true,
  fault: true,
  foundAt: true,
  mendedAt: true,
} as const satisfies Prisma.AuditFaultSelect;

type Row = Prisma.AuditFaultGetPayload<{ select: typeof logFaultSelect }>;

/** A row as a DTO. */
export const toLogFaultDto = ({ source, idx, fault, foundAt, mendedAt }: Row): LogFaultDto => ({
  ...{ source: source as FaultSource, index: Number(idx), fault },
  foundAt: foundAt.toISOString(),
  mendedAt: mendedAt?.toISOString() ?? null,
});
