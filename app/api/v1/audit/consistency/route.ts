import { proveConsistency } from "@/lib/audit/proof/read";
import { consistencyQuerySchema, consistencySchema } from "@/lib/audit/proof/schema";
import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/audit/consistency", {
  GET: endpoint({
    summary: "Prove that the log at one signed size began as at a smaller one (RFC 6962 §2.1.2)",
    query: consistencyQuerySchema,
    response: consistencySchema,
    verb: proveConsistency,
    input: ({ query }) => query,
    errors: ["checkpoint_not_found", "log_fault"],
  }),
});
