import "server-only";
import { nowDate } from "@/lib/ctx";
import { newId } from "@/lib/id";
import type { VerbScope } from "@/lib/verb";
import { NOTICE_KINDS, type NoticeKind } from "./catalogue";

/** What a notice is about: a grant and all whom it concerns, or a person alone. */
export type NoticeSubject =
  { grantId: string; personId: string; agentId: string; serverId: string } | { personId: string };

/**
 * Tells everybody whom the kind is for, in the transaction of the change itself: a notice is there exactly when the change and
 * its entry are.
 */
export async function giveNotice(
  { ctx, tx }: Pick<VerbScope, "ctx" | "tx">,
  kind: NoticeKind,
  subject: NoticeSubject,
): Promise<void> {
  const facts = { kind, ...subject, ip: ctx.source.ip, createdAt: nowDate(ctx) };
  await tx.notice.createMany({
    data: NOTICE_KINDS[kind].tells.map((audience) => ({
      id: newId("notice"),
      recipientId: audience === "person" ? subject.personId : null,
      ...facts,
    })),
  });
}
