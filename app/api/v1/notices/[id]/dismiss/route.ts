import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { dismissNotice } from "@/lib/notice/dismiss";
import { noticeSchema } from "@/lib/notice/schema";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/notices/{id}/dismiss", {
  POST: endpoint({
    summary: "Mark a notice as seen, for all admins",
    params: { id: "notice_not_found" },
    response: noticeSchema,
    verb: dismissNotice,
    input: ({ params: { id } }) => ({ noticeId: id }),
  }),
});
