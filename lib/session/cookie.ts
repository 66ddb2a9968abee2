import "server-only";
import { env } from "@/lib/env";

/** True where Gatehouse is reached by https: then cookies are `Secure` and carry the `__Host-` prefix (RFC 6265bis §4.1.3). */
export function secureCookies(): boolean {
  return env().GATEHOUSE_URL.startsWith("https://");
}

/** The name of the cookie that carries the session id. */
export function sessionCookieName(): string {
  return secureCookies() ? "__Host-gatehouse-session" : "gatehouse-session";
}

/** The name of next-auth's own cookie that remembers where the person wanted to go. */
export function callbackCookieName(): string {
  return secureCookies() ? "__Secure-next-auth.callback-url" : "next-auth.callback-url";
}

/** How the session's cookie is set; its end is the caller's to add. */
export function sessionCookieOptions() {
  return { httpOnly: true, sameSite: "lax", path: "/", secure: secureCookies() } as const;
}

/** The name of the cookie that a browser holds between the password and the second factor. */
export function secondStepCookieName(): string {
  return secureCookies() ? "__Host-gatehouse-second-step" : "gatehouse-second-step";
}

/** How that cookie is set: it goes nowhere but with requests of our own pages. Its end is the caller's to add. */
export function secondStepCookieOptions() {
  return { httpOnly: true, sameSite: "strict", path: "/", secure: secureCookies() } as const;
}
