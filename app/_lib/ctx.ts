import "server-only";
import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { anonymousPermissions } from "@/lib/authz/permissions";
import type { Actor, Ctx } from "@/lib/ctx";
import { requestOrigin } from "@/lib/http/internal";
import { sessionCookieName } from "@/lib/session/cookie";
import { decodeSessionId } from "@/lib/session/jwt";
import { actorOfSession } from "@/lib/session/lookup";

/** A ctx whose actor is a signed-in person. */
export type PersonCtx = Ctx & { actor: Extract<Actor, { kind: "person" }> };

const nowSeconds = () => Date.now() / 1000;

/**
 * The ctx of the request under way: its actor comes from the session cookie alone, by a look-up in the database, once
 * per request. Anonymous where nobody is signed in. Throws only where the database cannot answer.
 */
export const currentCtx = cache(async (): Promise<Ctx> => {
  const [cookieJar, headerList] = await Promise.all([cookies(), headers()]);
  const origin = requestOrigin(headerList);
  const sessionId = await decodeSessionId(cookieJar.get(sessionCookieName())?.value);
  const actor = sessionId === null ? null : await actorOfSession(sessionId, nowSeconds());
  return { ...origin, nowSeconds, actor: actor ?? { kind: "anonymous", permissions: anonymousPermissions() } };
});

/** The header in which `proxy.ts` tells the path that is asked for, to return there after signing in. */
export const PATH_HEADER = "x-gatehouse-path";

/**
 * The ctx of a signed-in person; anybody else is sent to sign in, and who still owes a second factor to give it. They come
 * back to this page afterwards.
 */
export async function requirePersonCtx(): Promise<PersonCtx> {
  const ctx = await currentCtx();
  if (ctx.actor.kind === "person" && ctx.actor.owes === null) return { ...ctx, actor: ctx.actor };
  const path = (await headers()).get(PATH_HEADER) ?? "/";
  redirect(ctx.actor.kind === "person" ? secondFactorPage(path) : comingBack("/sign-in", path));
}

const comingBack = (page: string, path: string): string =>
  path === "/" ? page : `${page}?returnTo=${encodeURIComponent(path)}`;

/** The page where a session's second factor is given, or set up, on the way to another one. */
export const secondFactorPage = (path: string): string => comingBack("/second-factor", path);
