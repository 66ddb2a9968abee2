import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { rotateKey } from "@/lib/key/rotate";
import { rotatedKeySchema, rotateSchema } from "@/lib/key/schema";

const params = { id: "server_not_found", keyId: "key_not_found" } as const;

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/servers/{id}/keys/{keyId}/rotate", {
  POST: endpoint({
    summary: "Issue a successor of a key; the predecessor works for the overlap",
    params,
    body: rotateSchema,
    response: rotatedKeySchema,
    status: 201,
    verb: rotateKey,
    input: ({ params: { id, keyId }, body }) => ({ ...body, serverId: id, keyId }),
    errors: ["builtin_immutable", "not_live", "already_rotated"],
  }),
});
