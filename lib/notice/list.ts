import "server-only";
import { z } from "zod";
import { may, ownPersonId } from "@/lib/authz/require";
import type { Permission } from "@/lib/authz/permissions";
import { decodeCursor, encodeCursor } from "@/lib/cursor";
import type { Ctx } from "@/lib/ctx";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import type { Page } from "@/lib/page";
import { defineRead } from "@/lib/verb";
import { noticeSelect, toNoticeDtos } from "./dto";
import type { ListNoticesInput, NoticeDto } from "./schema";

const READ = { action: "notice.read", permission: ["notice.read", "notice.read.own"] } as const;
const positionSchema = z.tuple([z.string()]);

/** What is for the actor: the admins' notices under `all`, their own under `own`. Never another person's. */
function meantFor(ctx: Ctx, all: Permission, own: Permission): Prisma.NoticeWhereInput {
  const personId = ownPersonId(ctx);
  return {
    OR: [
      ...(may(ctx, all) ? [{ recipientId: null }] : []),
      ...(personId !== null && may(ctx, own) ? [{ recipientId: personId }] : []),
    ],
  };
}

/** Lists what is for the actor, newest first: their own notices, and the admins' for those who may read these. Errors: `invalid_cursor`. */
export const listNotices = defineRead(READ, async ({ ctx, db }, input: ListNoticesInput): Promise<Page<NoticeDto>> => {
  const { limit, cursor, seen, to } = input;
  const scope = `notices:${String(seen)}:${String(to)}`;
  const rows = await db.notice.findMany({
    where: {
      AND: [
        meantFor(ctx, "notice.read", "notice.read.own"),
        to === undefined ? {} : { recipientId: to === "admins" ? null : { not: null } },
        seen === undefined ? {} : { seenAt: seen ? { not: null } : null },
        cursor ? { id: { lt: decodeCursor(scope, cursor, positionSchema)[0] } } : {},
      ],
    },
    select: noticeSelect,
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  const items = await toNoticeDtos(db, rows.slice(0, limit));
  const last = rows.length > limit ? items.at(-1)?.id : undefined;
  return { items, nextCursor: last === undefined ? null : encodeCursor(scope, [last]) };
});

/** How many notices wait for the actor to mark them as seen. */
export const countUnseenNotices = defineRead(READ, ({ ctx, db }, _input: void): Promise<number> =>
  db.notice.count({ where: { AND: [meantFor(ctx, "notice.dismiss", "notice.dismiss.own"), { seenAt: null }] } }),
);
