import { tailAudit } from "@/lib/audit/tail";
import { answerJson } from "../_components/answer-json";

export const dynamic = "force-dynamic";

/** `GET /audit/live?next=` with the filters of the screen: what matches from that index on. The screen asks while it is live. */
export const GET = (request: Request): Promise<Response> =>
  answerJson(request, (ctx, { filter }, query) => {
    const next = Number(query.get("next"));
    return tailAudit(ctx, { filter, next: Number.isSafeInteger(next) && next >= 0 ? next : 0 });
  });
