import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { revokeKey } from "@/lib/key/revoke";
import { keySchema, revokeKeySchema } from "@/lib/key/schema";

const params = { id: "server_not_found", keyId: "key_not_found" } as const;

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/servers/{id}/keys/{keyId}/revoke", {
  POST: endpoint({
    summary: "Revoke a key, for good",
    params,
    body: revokeKeySchema,
    response: keySchema,
    verb: revokeKey,
    input: ({ params: { id, keyId }, body }) => ({ ...body, serverId: id, keyId }),
    errors: ["builtin_immutable"],
  }),
});
