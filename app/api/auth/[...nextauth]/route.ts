import NextAuth from "next-auth";
import { NextRequest, NextResponse } from "next/server";
import { authOptions } from "@/app/_lib/auth-options";
import { currentCtx } from "@/app/_lib/ctx";
import { env } from "@/lib/env";
import { callbackCookieName } from "@/lib/session/cookie";
import { ownPath, safeReturnTo } from "@/lib/session/return-to";
import { recordAlone } from "@/lib/verb";

type Context = { params: Promise<{ nextauth: string[] }> };

/** What a browser may add to the way to the identity provider; next-auth would pass on anything, `redirect_uri` too. */
const PASSED_ON: Record<string, readonly string[]> = { prompt: ["login"], max_age: ["0"] };

function withoutForeignParameters(request: NextRequest): NextRequest {
  const url = new URL(request.nextUrl);
  for (const [name, value] of [...url.searchParams]) {
    if (!PASSED_ON[name]?.includes(value)) url.searchParams.delete(name);
  }
  return new NextRequest(url, request);
}

/** What next-auth says where the provider's answer was not the one to our question, was changed, or never came. */
const REFUSED_ANSWERS = new Set(["OAuthCallback", "Callback"]);

/** Where next-auth sends a browser whose sign-in failed: two of its own addresses, from which it goes on, and our page. */
const FAILURE_PATHS = new Set(["/api/auth/signin", "/api/auth/error", "/sign-in"]);

/** The word for what failed, where a sign-in did. */
function failureOf(response: Response): string | null {
  const location = response.headers.get("location");
  if (location === null) return null;
  const { pathname, searchParams } = new URL(location, env().GATEHOUSE_URL);
  return FAILURE_PATHS.has(pathname) ? searchParams.get("error") : null;
}

/** An answer of the provider that does not count is a refused sign-in, and stands in the log as such. */
async function recordRefusedAnswer(failure: string): Promise<void> {
  if (!REFUSED_ANSWERS.has(failure)) return;
  const details = { method: "sso" };
  await recordAlone(await currentCtx(), [
    { action: "session.sign_in", outcome: "denied", reason: "provider_answer_refused", details },
  ]);
}

/** The sign-in page with the word, and the place that the person wanted: next-auth has it in a cookie, and not in its errors. */
function signInPage(request: NextRequest, failure: string): string {
  const wanted = request.cookies.get(callbackCookieName())?.value ?? "";
  const returnTo = safeReturnTo(ownPath(wanted, env().GATEHOUSE_URL));
  return `/sign-in?${new URLSearchParams({ error: failure, ...(returnTo === "/" ? {} : { returnTo }) }).toString()}`;
}

/** What a browser needs of next-auth. The rest of it writes anybody's words into our log, or shows pages that are not ours. */
const ACTIONS: ReadonlySet<string | undefined> = new Set([
  "callback",
  "csrf",
  "error",
  "providers",
  "session",
  "signin",
  "signout",
]);

async function handle(request: NextRequest, context: Context): Promise<Response> {
  const [action, provider] = (await context.params).nextauth;
  if (!ACTIONS.has(action)) return new NextResponse(null, { status: 404, headers: { "cache-control": "no-store" } });
  const cleaned = action === "signin" ? withoutForeignParameters(request) : request;
  const response = (await NextAuth(cleaned, context, await authOptions())) as Response;
  response.headers.set("cache-control", "no-store");
  const failure = action === "callback" && provider === "oidc" ? failureOf(response) : null;
  if (failure !== null) {
    await recordRefusedAnswer(failure);
    response.headers.set("location", signInPage(request, failure));
  }
  return response.status === 401 ? asToldApart(response) : response;
}

/**
 * next-auth answers 401 to all that opens no session. A right password whose second factor is still to come is no failure; a
 * throttled try says 429 and when to come back.
 */
async function asToldApart(response: Response): Promise<Response> {
  const text = await response.clone().text();
  const told = decodeURIComponent(text + (response.headers.get("location") ?? ""));
  if (told.includes("error=second_factor_required"))
    return NextResponse.json({ secondFactor: true }, { headers: { "cache-control": "no-store" } });
  const seconds = /too_many_attempts\.(\d+)/.exec(told)?.[1];
  if (!seconds) return response;
  const headers = new Headers(response.headers);
  headers.set("retry-after", seconds);
  return new NextResponse(text, { status: 429, headers });
}

export { handle as GET, handle as POST };
