import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { getChallenges } from "@/lib/oauth/challenges";
import { challengesSchema } from "@/lib/server/challenges-schema";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/servers/{id}/challenges", {
  GET: endpoint({
    summary: "Ready WWW-Authenticate values for an MCP server's 401 and 403, and where its metadata stands",
    params: { id: "server_not_found" },
    response: challengesSchema,
    verb: getChallenges,
    input: ({ params: { id } }) => ({ serverId: id }),
  }),
});
