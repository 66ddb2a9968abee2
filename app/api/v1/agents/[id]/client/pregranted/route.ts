import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { oauthClientSchema, setPregrantedSchema } from "@/lib/oauth/client-schema";
import { setPregranted } from "@/lib/oauth/set-pregranted";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/agents/{id}/client/pregranted", {
  POST: endpoint({
    summary: "Say which scopes are added to whatever an OAuth client asks of a server, in place of those that were",
    params: { id: "agent_not_found" },
    body: setPregrantedSchema,
    response: oauthClientSchema,
    verb: setPregranted,
    input: ({ params: { id }, body }) => ({ ...body, agentId: id }),
    errors: ["builtin_immutable", "client_not_found", "server_not_found"],
  }),
});
