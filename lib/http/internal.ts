import "server-only";
import type { Source } from "@/lib/ctx";
import { equalBytes } from "@/lib/crypto/keys";
import { env } from "@/lib/env";
import { newId } from "@/lib/id";

/**
 * What the authority tells the console with each request that it passes on. The console believes these headers only with
 * the secret that the launcher gave to both; the authority drops them from what comes from outside.
 */
export const INTERNAL_HEADERS = {
  secret: "x-gatehouse-internal",
  clientIp: "x-gatehouse-client-ip",
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
export function requestOrigin(headers: HeaderReader): { source: Source; requestId: string } {
  const userAgent = headers.get("user-agent")?.slice(0, 400) ?? null;
  if (!isInternal(headers)) return { source: { ip: null, userAgent }, requestId: newId("request") };
  return {
    source: { ip: headers.get(INTERNAL_HEADERS.clientIp), userAgent },
    requestId: headers.get(INTERNAL_HEADERS.requestId) ?? newId("request"),
  };
}
