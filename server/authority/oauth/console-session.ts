import type { KoaContextWithOIDC } from "oidc-provider";
import type { Actor } from "@/lib/ctx";
import { sessionCookieName } from "@/lib/session/cookie";
import { decodeSessionId } from "@/lib/session/jwt";
import { actorOfSession } from "@/lib/session/lookup";
import { currentCtx } from "./asking";

/**
 * The person who is signed in to the console in this browser, read anew: signing out there ends it here. Nobody where the session
 * still lacks a second factor.
 */
export async function consoleActor(
  ctx: Pick<KoaContextWithOIDC, "cookies">,
): Promise<Extract<Actor, { kind: "person" }> | null> {
  const cookie = ctx.cookies.get(sessionCookieName(), { signed: false });
  const sessionId = await decodeSessionId(cookie);
  const actor = sessionId === null ? null : await actorOfSession(sessionId, currentCtx().nowSeconds());
  return actor?.owes === null ? actor : null;
}
