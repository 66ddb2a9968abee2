import { currentCtx } from "@/app/_lib/ctx";
import { exportAudit } from "@/lib/audit/export";
import { EXPORT_FORMATS } from "@/lib/audit/schema";
import { GatehouseError } from "@/lib/errors";
import { toProblem } from "@/lib/http/problem";
import { textStream } from "@/lib/http/text-stream";
import { log } from "@/lib/log";
import { requireOwnPage } from "../_components/own-page";
import { rawParams, viewOf } from "../_components/view";

/** It is made anew each time, and leaves an entry: never cached, never prefetched. */
export const dynamic = "force-dynamic";

function formatOf(text: string | null): (typeof EXPORT_FORMATS)[number] {
  const format = EXPORT_FORMATS.find((known) => known === text);
  if (!format) throw new GatehouseError("invalid_request", { detail: "The format is csv or ndjson." });
  return format;
}

/** The chunks, with a failure on the way told to the log: the browser only sees that the download broke off. */
async function* logged(chunks: AsyncIterable<string>, requestId: string): AsyncGenerator<string> {
  try {
    yield* chunks;
  } catch (error) {
    log.error({ err: error, requestId }, "An export ended early");
    throw error;
  }
}

/** `GET /audit/export?format=csv|ndjson` with the filters of the screen: everything that matches, as a download. */
export async function GET(request: Request): Promise<Response> {
  const ctx = await currentCtx();
  try {
    requireOwnPage(request.headers);
    const query = new URL(request.url).searchParams;
    const { filter, errors } = await viewOf(ctx, rawParams(request.url));
    if (errors.length > 0) throw new GatehouseError("invalid_request", { detail: errors[0]?.message });
    const made = await exportAudit(ctx, { ...filter, format: formatOf(query.get("format")) });
    return new Response(textStream(logged(made.chunks, ctx.requestId)), {
      headers: {
        "content-type": made.contentType,
        "content-disposition": `attachment; filename="${made.filename}"`,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "x-request-id": ctx.requestId,
      },
    });
  } catch (error) {
    if (!(error instanceof GatehouseError)) log.error({ err: error, requestId: ctx.requestId }, "An export failed");
    const { status, headers, body } = toProblem(error, ctx.requestId);
    return Response.json(body, { status, headers });
  }
}
