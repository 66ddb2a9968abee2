import { endpoint } from "@/lib/http/endpoint";
import { pageOf } from "@/lib/http/page-schema";
import { defineRoute } from "@/lib/http/route";
import { approvalSchema, listApprovalsSchema } from "@/lib/oauth/approval-schema";
import { listApprovals } from "@/lib/oauth/approvals";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/approvals", {
  GET: endpoint({
    summary: "List what people have asked the admins about agents, newest first",
    query: listApprovalsSchema,
    response: pageOf(approvalSchema),
    verb: listApprovals,
    input: ({ query }) => query,
    errors: ["invalid_cursor"],
  }),
});
