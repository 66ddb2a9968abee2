import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { resetSecondFactor } from "@/lib/second-factor/reset";
import { secondFactorResetSchema } from "@/lib/second-factor/schema";

const params = { id: "person_not_found" } as const;

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/people/{id}/second-factor/reset", {
  POST: endpoint({
    summary: "Take off the second factor of a person who has lost it; their sessions end",
    params,
    response: secondFactorResetSchema,
    verb: resetSecondFactor,
    input: ({ params: { id } }) => ({ personId: id }),
  }),
});
