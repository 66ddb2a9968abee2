import { facetValues, FACETS } from "@/lib/audit/facets";
import { GatehouseError } from "@/lib/errors";
import { answerJson } from "../_components/answer-json";

export const dynamic = "force-dynamic";

/** `GET /audit/facet-values?dimension=&find=` with the filters of the screen: a facet's values with the text in them. */
export const GET = (request: Request): Promise<Response> =>
  answerJson(request, async (ctx, { filter }, query) => {
    const dimension = FACETS.find((known) => known === query.get("dimension"));
    if (!dimension) throw new GatehouseError("invalid_request", { detail: "There is no such facet." });
    return { values: await facetValues(ctx, { filter, dimension, find: (query.get("find") ?? "").slice(0, 200) }) };
  });
