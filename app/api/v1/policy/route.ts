import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { getPolicy } from "@/lib/policy/instance";
import { policySchema, updatePolicySchema } from "@/lib/policy/schema";
import { updatePolicy } from "@/lib/policy/update";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/policy", {
  GET: endpoint({
    summary: "Get the instance's policy",
    response: policySchema,
    verb: getPolicy,
    input: () => undefined,
  }),
  PATCH: endpoint({
    summary: "Change the instance's policy; what is left out stays",
    body: updatePolicySchema,
    response: policySchema,
    verb: updatePolicy,
    input: ({ body }) => body,
  }),
});
