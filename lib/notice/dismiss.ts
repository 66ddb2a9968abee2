import "server-only";
import { may, ownPersonId, refusal } from "@/lib/authz/require";
import { actorRef, nowDate, type Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import { defineVerb } from "@/lib/verb";
import { noticeSelect, toNoticeDtos, type NoticeRow } from "./dto";
import type { DismissNoticeInput, NoticeDto } from "./schema";

function requireTheirs(ctx: Ctx, { recipientId }: NoticeRow): void {
  if (recipientId === null) {
    if (may(ctx, "notice.dismiss")) return;
    // An auditor reads what is the admins', and leaves it to them.
    if (may(ctx, "notice.read")) throw refusal(ctx, "notice.dismiss");
  } else if (recipientId === ownPersonId(ctx) && may(ctx, "notice.dismiss.own")) return;
  throw new GatehouseError("notice_not_found", { refusal: true, internal: "not theirs" });
}

async function dtoOf(tx: Tx, row: NoticeRow): Promise<NoticeDto> {
  const [dto] = await toNoticeDtos(tx, [row]);
  if (!dto) throw new Error("a row gave no DTO");
  return dto;
}

/**
 * Marks a notice as seen: one's own, or the admins' for all of them. Doing it again changes nothing, and leaves no entry.
 * Errors: `notice_not_found`, also where it is somebody else's; `forbidden` for those who may only read the admins'.
 */
export const dismissNotice = defineVerb(
  {
    action: "notice.dismiss",
    permission: ["notice.dismiss", "notice.dismiss.own"],
    target: ({ noticeId }: DismissNoticeInput) => ({ kind: "notice", id: noticeId }),
  },
  async ({ ctx, tx, record }, { noticeId }): Promise<NoticeDto> => {
    await tx.$executeRaw`SELECT 1 FROM notice WHERE id = ${noticeId} FOR UPDATE`;
    const before = await tx.notice.findUnique({ where: { id: noticeId }, select: noticeSelect });
    if (!before) throw new GatehouseError("notice_not_found");
    requireTheirs(ctx, before);
    if (before.seenAt) return dtoOf(tx, before);
    const row = await tx.notice.update({
      where: { id: noticeId },
      data: { seenAt: nowDate(ctx), seenBy: actorRef(ctx.actor) },
      select: noticeSelect,
    });
    const { person, agent, server } = row;
    record({
      action: "notice.dismiss",
      outcome: "success",
      target: { kind: "notice", id: row.id, name: agent?.name ?? null },
      person,
      agent,
      server,
      changes: [{ field: "seenAt", before: null, after: row.seenAt?.toISOString() ?? null }],
      details: { kind: row.kind, grantId: row.grantId },
    });
    return dtoOf(tx, row);
  },
);
