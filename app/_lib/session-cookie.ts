import "server-only";
import { cookies } from "next/headers";
import { sessionCookieName, sessionCookieOptions } from "@/lib/session/cookie";
import { encodeSessionId } from "@/lib/session/jwt";
import type { OpenedSession } from "@/lib/session/open";

/** Puts a session into the browser's cookie, in the same form as next-auth does. Only in actions and route handlers. */
export async function setSessionCookie({ sessionId, expiresAt }: OpenedSession): Promise<void> {
  const maxAgeSeconds = Math.max(1, Math.floor((expiresAt.getTime() - Date.now()) / 1000));
  const value = await encodeSessionId(sessionId, maxAgeSeconds);
  (await cookies()).set(sessionCookieName(), value, { ...sessionCookieOptions(), expires: expiresAt });
}
