import { NextResponse, type NextRequest } from "next/server";
import { env } from "@/lib/env";

/**
 * Headers and the host check of everything that works with cookies. Never authorisation: that is in the verbs.
 */

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Where a request under another host goes: to the canonical address, or nowhere. Null where the host is right. */
function wrongHost(request: NextRequest): NextResponse | null {
  const canonical = new URL(env().GATEHOUSE_URL);
  const host = request.headers.get("host") ?? "";
  if (host === canonical.host) return null;
  const given = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : null;
  const alias =
    given !== null &&
    LOOPBACK.has(given.hostname) &&
    LOOPBACK.has(canonical.hostname) &&
    (given.port || "80") === (canonical.port || "80");
  const reads = request.method === "GET" || request.method === "HEAD";
  if (alias && reads && !request.nextUrl.pathname.startsWith("/api/")) {
    return NextResponse.redirect(new URL(request.nextUrl.pathname + request.nextUrl.search, canonical), 307);
  }
  return new NextResponse("Gatehouse is not reached by this name.\n", {
    status: 421,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
  });
}

/** Styles: radix, sonner and recharts set them on elements (`style-src-attr`) and insert a few sheets. Scripts need the nonce. */
function contentSecurityPolicy(nonce: string): string {
  const development = env().NODE_ENV === "development";
  return [
    "default-src 'self'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${development ? " ws:" : ""}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

export function proxy(request: NextRequest): NextResponse {
  const refused = wrongHost(request);
  if (refused) return refused;
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  headers.set("x-gatehouse-path", request.nextUrl.pathname + request.nextUrl.search);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set("cache-control", "no-store");
  response.headers.set("x-content-type-options", "nosniff");
  response.headers.set("x-frame-options", "DENY");
  response.headers.set("referrer-policy", "same-origin");
  response.headers.set("cross-origin-opener-policy", "same-origin");
  response.headers.set("permissions-policy", "camera=(), microphone=(), geolocation=()");
  if (env().GATEHOUSE_URL.startsWith("https://"))
    response.headers.set("strict-transport-security", "max-age=31536000; includeSubDomains");
  return response;
}

export const config = {
  // Not the machine and admin API (bearer only, any host), nor Next's own files.
  matcher: ["/((?!api/v1|oauth/|_next/static|_next/image|icon.svg|healthz|readyz|metrics).*)"],
};
