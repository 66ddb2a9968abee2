import { getAgent } from "@/lib/agent/list";
import { agentSchema, updateAgentSchema } from "@/lib/agent/schema";
import { updateAgent } from "@/lib/agent/update";
import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";

const params = { id: "agent_not_found" } as const;

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/agents/{id}", {
  GET: endpoint({
    summary: "Get an agent",
    params,
    response: agentSchema,
    verb: getAgent,
    input: ({ params: { id } }) => ({ agentId: id }),
  }),
  PATCH: endpoint({
    summary: "Change an agent; suspending it stops its tokens at once",
    params,
    body: updateAgentSchema,
    response: agentSchema,
    verb: updateAgent,
    input: ({ params: { id }, body }) => ({ ...body, agentId: id }),
    errors: ["name_taken", "person_not_found", "holder_inactive", "role_not_found", "builtin_immutable"],
  }),
});
