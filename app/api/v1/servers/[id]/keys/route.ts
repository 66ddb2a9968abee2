import { endpoint } from "@/lib/http/endpoint";
import { pageOf } from "@/lib/http/page-schema";
import { defineRoute } from "@/lib/http/route";
import { issueKey } from "@/lib/key/issue";
import { listKeys } from "@/lib/key/list";
import { issuedKeySchema, issueKeySchema, keySchema } from "@/lib/key/schema";

const params = { id: "server_not_found" } as const;

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/servers/{id}/keys", {
  GET: endpoint({
    summary: "List a server's keys, newest first",
    params,
    response: pageOf(keySchema),
    verb: listKeys,
    input: ({ params: { id } }) => ({ serverId: id }),
  }),
  POST: endpoint({
    summary: "Issue a server key; its secret is told this once",
    params,
    body: issueKeySchema,
    response: issuedKeySchema,
    status: 201,
    verb: issueKey,
    input: ({ params: { id }, body }) => ({ ...body, serverId: id }),
    errors: ["builtin_immutable"],
  }),
});
