import { readTile } from "@/lib/audit/proof/read";
import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/audit/tile/{level}/{index}", {
  GET: endpoint({
    summary: "A tile of the log's tree (C2SP tlog-tiles); of an incomplete one, `.p/<width>` names how much of it",
    params: { level: "tile_not_found", index: "tile_not_found" },
    downloads: ["application/octet-stream"],
    verb: readTile,
    input: ({ params }) => params,
    respond: (tile) => new Response(tile, { headers: { "content-type": "application/octet-stream" } }),
    errors: ["log_fault"],
  }),
});
