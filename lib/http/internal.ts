import "server-only";
import type { Ctx } from "@/lib/ctx";
import { equalBytes } from "@/lib/crypto/keys";
import { env } from "@/lib/env";
import { newId } from "@/lib/id";
import { traceOf } from "./trace";

/**
 * What the authority tells the console with each request that it passes on. The console believes these headers only with
 * the secret that the launcher gave to both; the authority drops them from what comes from outside.
 */
export const INTERNAL_HEADERS = {
  secret: "x-gatehouse-internal",
  clientIp: "x-gatehouse-client-ip",
  /** The trusted proxies between that address and the authority, with commas between them. */
  proxies: "x-gatehouse-proxies",
  requestId: "x-gatehouse-request-id",
} as const;

type HeaderReader = { get(name: string): string | null };

/** True where the request came through our own authority. */
export function isInternal(headers: HeaderReader): boolean {
  const expected = env().GATEHOUSE_INTERNAL_SECRET;
  const given = headers.get(INTERNAL_HEADERS.secret);
  return Boolean(expected && given && equalBytes(Buffer.from(expected), Buffer.from(given)));
}

/** Where a console request came from: the authority's word, or (under plain `next start`) unknown. */
export function requestOrigin(headers: HeaderReader): Required<Pick<Ctx, "source" | "requestId" | "trace">> {
  const userAgent = headers.get("user-agent")?.slice(0, 400) ?? null;
  const trace = traceOf(headers.get("traceparent"));
  if (!isInternal(headers)) return { source: { ip: null, userAgent }, requestId: newId("request"), trace };
  const proxies = headers.get(INTERNAL_HEADERS.proxies)?.split(",");
  return {
    source: { ip: headers.get(INTERNAL_HEADERS.clientIp), userAgent, ...(proxies && { proxies }) },
    requestId: headers.get(INTERNAL_HEADERS.requestId) ?? newId("request"),
    trace,
  };
}
