import { endpoint } from "@/lib/http/endpoint";
import { pageOf } from "@/lib/http/page-schema";
import { defineRoute } from "@/lib/http/route";
import { listNotices } from "@/lib/notice/list";
import { listNoticesSchema, noticeSchema } from "@/lib/notice/schema";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/notices", {
  GET: endpoint({
    summary: "List what the admins should hear of, newest first",
    query: listNoticesSchema,
    response: pageOf(noticeSchema),
    verb: listNotices,
    input: ({ query }) => query,
    errors: ["invalid_cursor"],
  }),
});
