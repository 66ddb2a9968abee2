import { dismissNotice } from "@/lib/notice/dismiss";
import { listNotices } from "@/lib/notice/list";
import { dismissNoticeSchema, listNoticesSchema } from "@/lib/notice/schema";
import { inputOf, type Command } from "../command";
import { usageError } from "../failure";
import { pageFlags, pageOutcome } from "../listing";

const list: Command = {
  noun: "notice",
  verb: "list",
  summary: "List what the admins should hear of, newest first",
  flags: {
    seen: { type: "boolean", help: "Only what somebody has marked as seen" },
    unseen: { type: "boolean", help: "Only what nobody has" },
    ...pageFlags,
  },
  examples: ["gatehouse notice list --unseen"],
  run: (ctx, given) => {
    if (given.on("seen") && given.on("unseen")) throw usageError("--seen and --unseen rule each other out.");
    const seen = given.on("seen") ? "true" : given.on("unseen") ? "false" : undefined;
    return pageOutcome(
      given,
      (page) => listNotices(ctx, inputOf(listNoticesSchema, { seen, ...page })),
      ["ID", "KIND", "SEEN", "PERSON", "AGENT", "SERVER"],
      (notice) => [
        ...[notice.id, notice.kind, notice.seenAt],
        ...[notice.person?.name ?? "", notice.agent?.name ?? "", notice.server?.name ?? ""],
      ],
    );
  },
};

const dismiss: Command = {
  noun: "notice",
  verb: "dismiss",
  summary: "Mark a notice as seen, for all admins",
  words: { usage: "<id>", min: 1, max: 1 },
  flags: {},
  examples: ["gatehouse notice dismiss ntc_01jd8p3v5n6q7r8s9t0v1w2x3y"],
  run: async (ctx, given) => {
    const notice = await dismissNotice(ctx, inputOf(dismissNoticeSchema, { noticeId: given.words[0] }));
    return { json: notice, text: notice.id };
  },
};

export const noticeCommands: readonly Command[] = [list, dismiss];
