import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { approvalSchema, decideApprovalSchema } from "@/lib/oauth/approval-schema";
import { decideApproval } from "@/lib/oauth/approvals";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/approvals/{id}/decide", {
  POST: endpoint({
    summary: "Agree to what a person has asked about an agent, or refuse it",
    params: { id: "approval_not_found" },
    body: decideApprovalSchema,
    response: approvalSchema,
    verb: decideApproval,
    input: ({ params: { id }, body }) => ({ ...body, approvalId: id }),
    errors: ["already_decided"],
  }),
});
