import "server-only";
import { cookies } from "next/headers";
import {
  secondStepCookieName,
  secondStepCookieOptions,
  sessionCookieName,
  sessionCookieOptions,
} from "@/lib/session/cookie";
import { encodeSessionId } from "@/lib/session/jwt";
import type { OpenedSession } from "@/lib/session/open";
import type { PendingSecret } from "@/lib/session/pending";

/** Puts a session into the browser's cookie, in the same form as next-auth does. Only in actions and route handlers. */
export async function setSessionCookie({ sessionId, expiresAt }: OpenedSession): Promise<void> {
  const maxAgeSeconds = Math.max(1, Math.floor((expiresAt.getTime() - Date.now()) / 1000));
  const value = await encodeSessionId(sessionId, maxAgeSeconds);
  (await cookies()).set(sessionCookieName(), value, { ...sessionCookieOptions(), expires: expiresAt });
}

/** Puts into the browser what it needs for the second step of its sign-in. Only in actions and route handlers. */
export async function setSecondStepCookie({ secret, expiresAt }: PendingSecret): Promise<void> {
  (await cookies()).set(secondStepCookieName(), secret, { ...secondStepCookieOptions(), expires: expiresAt });
}

/** What the browser holds of a sign-in that waits for its second factor; null where it holds nothing. */
export async function secondStepSecret(): Promise<string | null> {
  return (await cookies()).get(secondStepCookieName())?.value ?? null;
}

/** Takes it away: the sign-in is complete. Only in actions and route handlers. */
export async function clearSecondStepCookie(): Promise<void> {
  (await cookies()).set(secondStepCookieName(), "", { ...secondStepCookieOptions(), maxAge: 0 });
}
