import { listPartitions } from "@/lib/audit/retention/list";
import { listPartitionsSchema, partitionSchema } from "@/lib/audit/retention/schema";
import { endpoint } from "@/lib/http/endpoint";
import { pageOf } from "@/lib/http/page-schema";
import { defineRoute } from "@/lib/http/route";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/audit/partitions", {
  GET: endpoint({
    summary: "List the partitions of the audit log, newest first, with their archives and what keeps them",
    query: listPartitionsSchema,
    response: pageOf(partitionSchema),
    verb: listPartitions,
    input: ({ query }) => query,
    errors: ["invalid_cursor"],
  }),
});
