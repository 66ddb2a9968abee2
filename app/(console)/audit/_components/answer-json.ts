import "server-only";
import { currentCtx } from "@/app/_lib/ctx";
import type { Ctx } from "@/lib/ctx";
import { GatehouseError } from "@/lib/errors";
import { toProblem } from "@/lib/http/problem";
import { log } from "@/lib/log";
import { requireOwnPage } from "./own-page";
import { rawParams, viewOf } from "./view";
import type { AuditView } from "./audit-url";

/** Answers our own page with what the screen's address asks for, as JSON, for whom the session names; never cached. */
export async function answerJson(
  request: Request,
  read: (ctx: Ctx, view: AuditView, query: URLSearchParams) => Promise<object>,
): Promise<Response> {
  const ctx = await currentCtx();
  try {
    requireOwnPage(request.headers);
    const view = await viewOf(ctx, rawParams(request.url));
    if (view.errors.length > 0) throw new GatehouseError("invalid_request", { detail: view.errors[0]?.message });
    const body = await read(ctx, view, new URL(request.url).searchParams);
    return Response.json(body, { headers: { "cache-control": "no-store", "x-request-id": ctx.requestId } });
  } catch (error) {
    if (!(error instanceof GatehouseError)) log.error({ err: error, requestId: ctx.requestId }, "The log was not read");
    const { status, headers, body } = toProblem(error, ctx.requestId);
    return Response.json(body, { status, headers });
  }
}
