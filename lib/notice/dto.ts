import "server-only";
import type { Tx } from "@/lib/db";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import { logFaultSelect, toLogFaultDto } from "@/lib/audit/faults/dto";
import type { NoticeDto } from "./schema";

const named = { select: { id: true, name: true } } as const;

/** The columns a `NoticeDto` is made of. */
export const noticeSelect = {
  id: true,
  kind: true,
  recipientId: true,
  grantId: true,
  person: named,
  agent: named,
  server: named,
  ip: true,
  savedSearchId: true,
  savedSearch: { select: { name: true } },
  entryId: true,
  matches: true,
  fault: { select: logFaultSelect },
  createdAt: true,
  seenAt: true,
  seenBy: true,
} as const satisfies Prisma.NoticeSelect;

export type NoticeRow = Prisma.NoticeGetPayload<{ select: typeof noticeSelect }>;

/** Rows as DTOs, with the names of the people who have seen them. One query, where somebody has. */
export async function toNoticeDtos(db: Tx, rows: readonly NoticeRow[]): Promise<NoticeDto[]> {
  const ids = [...new Set(rows.flatMap(({ seenBy }) => seenBy ?? []))];
  const people = ids.length > 0 ? await db.person.findMany({ where: { id: { in: ids } }, ...named }) : [];
  const names = new Map(people.map(({ id, name }) => [id, name]));
  return rows.map(
    ({ recipientId, seenBy, createdAt, seenAt, savedSearchId, savedSearch, entryId, matches, fault, ...row }) => ({
      ...row,
      fault: fault && toLogFaultDto(fault),
      alert:
        entryId === null
          ? null
          : {
              search: savedSearch && savedSearchId ? { id: savedSearchId, name: savedSearch.name } : null,
              entryId,
              matches: Number(matches ?? 0),
            },
      to: recipientId === null ? "admins" : "person",
      createdAt: createdAt.toISOString(),
      seenAt: seenAt?.toISOString() ?? null,
      seenBy: seenBy === null ? null : { id: seenBy, name: names.get(seenBy) ?? null },
    }),
  );
}
