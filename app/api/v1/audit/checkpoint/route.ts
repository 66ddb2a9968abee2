import { readCheckpoint } from "@/lib/audit/proof/read";
import { checkpointAnswerSchema, checkpointQuerySchema } from "@/lib/audit/proof/schema";
import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/audit/checkpoint", {
  GET: endpoint({
    summary: "The newest signed checkpoint of the log, or that of a size, and the keys that sign",
    query: checkpointQuerySchema,
    response: checkpointAnswerSchema,
    verb: readCheckpoint,
    input: ({ query }) => query,
    errors: ["checkpoint_not_found"],
  }),
});
