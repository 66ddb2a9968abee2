import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { approvalSchema } from "@/lib/oauth/approval-schema";
import { endApproval } from "@/lib/oauth/approvals";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/approvals/{id}/end", {
  POST: endpoint({
    summary: "Take back what was agreed to about an agent, at once and everywhere",
    params: { id: "approval_not_found" },
    response: approvalSchema,
    verb: endApproval,
    input: ({ params: { id } }) => ({ approvalId: id }),
    errors: ["not_live"],
  }),
});
