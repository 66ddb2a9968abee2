import { NextResponse, type NextRequest } from "next/server";
import { env } from "@/lib/env";
import { contentSecurityPolicy } from "@/lib/http/content-security-policy";
import { judgeHost } from "@/lib/http/host";

/**
 * The host check and the headers of everything that works with cookies. Never authorisation: that is in the verbs. What
 * is the same for every answer stands in `next.config.ts`.
 */
export function proxy(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl;
  const target = pathname + search;
  const host = request.headers.get("host") ?? undefined;
  const verdict = judgeHost(new URL(env().GATEHOUSE_URL), { method: request.method, target, host });
  if (verdict.kind === "refuse") return misdirected();
  if (verdict.kind === "redirect") return NextResponse.redirect(verdict.location, 307);
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = contentSecurityPolicy({ nonce, development: env().NODE_ENV === "development" });
  const headers = new Headers(request.headers);
  // Next reads the nonce for its own scripts from the policy in the request.
  headers.set("content-security-policy", policy);
  headers.set("x-gatehouse-path", target);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set("cache-control", "no-store");
  if (env().GATEHOUSE_URL.startsWith("https://"))
    response.headers.set("strict-transport-security", "max-age=31536000; includeSubDomains");
  return response;
}

/** RFC 9110 §15.5.20. */
function misdirected(): NextResponse {
  return new NextResponse("Gatehouse is not reached by this name.\n", {
    status: 421,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
  });
}

export const config = {
  // All but the machine and admin API (bearer only, any host), Next's own files, and the icon.
  matcher: ["/((?!api/v1/|_next/static/|_next/image/|icon.svg$).*)"],
};
