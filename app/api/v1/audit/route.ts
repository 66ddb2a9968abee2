import { searchAuditSchema, searchPageSchema } from "@/lib/audit/schema";
import { searchAuditPatiently } from "@/lib/audit/search";
import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/audit", {
  GET: endpoint({
    summary: "Search the audit log, newest first; lists may be repeated or separated by commas and mean any of them",
    query: searchAuditSchema,
    response: searchPageSchema,
    verb: searchAuditPatiently,
    input: ({ query }) => query,
    errors: ["invalid_cursor", "search_too_broad"],
  }),
});
