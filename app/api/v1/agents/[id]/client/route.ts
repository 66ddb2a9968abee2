import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { oauthClientSchema, setClientSchema, setIdleTimeoutSchema } from "@/lib/oauth/client-schema";
import { getClient, setClient } from "@/lib/oauth/set-client";
import { setIdleTimeout } from "@/lib/oauth/set-idle-timeout";

const params = { id: "agent_not_found" } as const;

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/agents/{id}/client", {
  GET: endpoint({
    summary: "Get what an agent is as an OAuth client",
    params,
    response: oauthClientSchema,
    verb: getClient,
    input: ({ params: { id } }) => ({ agentId: id }),
    errors: ["client_not_found"],
  }),
  POST: endpoint({
    summary:
      "Make an agent an OAuth client, or set anew what it is as one; one that introduced itself stays as it says",
    params,
    body: setClientSchema,
    response: oauthClientSchema,
    verb: setClient,
    input: ({ params: { id }, body }) => ({ ...body, agentId: id }),
    errors: ["builtin_immutable"],
  }),
  PATCH: endpoint({
    summary: "Say for how long an OAuth client may rest before its access ends; also of one that introduced itself",
    params,
    body: setIdleTimeoutSchema,
    response: oauthClientSchema,
    verb: setIdleTimeout,
    input: ({ params: { id }, body }) => ({ ...body, agentId: id }),
    errors: ["builtin_immutable", "client_not_found"],
  }),
});
