import { createAgent } from "@/lib/agent/create";
import { listAgents } from "@/lib/agent/list";
import { agentSchema, createAgentSchema, listAgentsSchema } from "@/lib/agent/schema";
import { endpoint } from "@/lib/http/endpoint";
import { pageOf } from "@/lib/http/page-schema";
import { defineRoute } from "@/lib/http/route";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/agents", {
  GET: endpoint({
    summary: "List agents, newest first",
    query: listAgentsSchema,
    response: pageOf(agentSchema),
    verb: listAgents,
    input: ({ query }) => query,
    errors: ["invalid_cursor"],
  }),
  POST: endpoint({
    summary: "Create an agent",
    body: createAgentSchema,
    response: agentSchema,
    status: 201,
    verb: createAgent,
    input: ({ body }) => body,
    errors: ["name_taken", "person_not_found", "holder_inactive", "role_not_found"],
  }),
});
