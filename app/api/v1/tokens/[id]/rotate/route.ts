import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { rotateToken } from "@/lib/token/rotate";
import { rotatedTokenSchema, rotateTokenSchema } from "@/lib/token/schema";

const params = { id: "token_not_found" } as const;

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/tokens/{id}/rotate", {
  POST: endpoint({
    summary: "Issue a successor with the same terms; the predecessor works for the overlap",
    params,
    body: rotateTokenSchema,
    response: rotatedTokenSchema,
    status: 201,
    verb: rotateToken,
    input: ({ params: { id }, body }) => ({ ...body, tokenId: id }),
    errors: ["not_live", "already_rotated", "role_not_held", "holder_inactive"],
  }),
});
