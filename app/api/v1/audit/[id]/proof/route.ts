import { proofOfEntry } from "@/lib/audit/proof/read";
import { checkpointQuerySchema, entryProofSchema } from "@/lib/audit/proof/schema";
import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/audit/{id}/proof", {
  GET: endpoint({
    summary: "Prove that an entry is in the log as it was signed (RFC 6962 §2.1.1), by its id or its index",
    params: { id: "entry_not_found" },
    query: checkpointQuerySchema,
    response: entryProofSchema,
    verb: proofOfEntry,
    input: ({ params, query }) => ({ ...params, ...query }),
    errors: ["checkpoint_not_found"],
  }),
});
