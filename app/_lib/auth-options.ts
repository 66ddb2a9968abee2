import "server-only";
import { decodeJwt } from "jose";
import type { NextAuthOptions, User } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import type { TokenEndpointHandler, UserinfoEndpointHandler } from "next-auth/providers/oauth";
import { db } from "@/lib/db";
import { env } from "@/lib/env";
import { GatehouseError } from "@/lib/errors";
import { log } from "@/lib/log";
import { secureCookies, sessionCookieName, sessionCookieOptions } from "@/lib/session/cookie";
import { methodsOf } from "@/lib/second-factor/classes";
import { decodeSessionJwt, sessionSecret } from "@/lib/session/jwt";
import { ownPath, safeReturnTo } from "@/lib/session/return-to";
import { signInWithPassword } from "@/lib/session/sign-in";
import { signInWithIdentity } from "@/lib/session/sign-in-sso";
import { signOut } from "@/lib/session/sign-out";
import { anonymousPermissions } from "@/lib/authz/permissions";
import type { Ctx } from "@/lib/ctx";
import { currentCtx } from "./ctx";
import { setSecondStepCookie } from "./session-cookie";

/** What our providers hand to next-auth's callbacks: whose session it is, and which. */
type SignedIn = User & { sid?: string };
type Claims = {
  iss?: string;
  sub?: string;
  email?: string;
  email_verified?: unknown;
  auth_time?: unknown;
  amr?: unknown;
  acr?: unknown;
};

/** How long the identity provider may take to answer each question. */
const PROVIDER_TIMEOUT_MS = 10_000;

/** Sign-in happens as nobody; the browser's present session, if any, is what the new one replaces. */
async function signInCtx(): Promise<{ ctx: Ctx; replaces: string | null }> {
  const ctx = await currentCtx();
  const replaces = ctx.actor.kind === "person" ? ctx.actor.sessionId : null;
  return { ctx: { ...ctx, actor: { kind: "anonymous", permissions: anonymousPermissions() } }, replaces };
}

/** The word that the sign-in page reads: a code, and after a dot the seconds to wait. */
function errorWord(error: unknown): Error {
  if (!(error instanceof GatehouseError)) {
    log.error({ err: error }, "A sign-in failed");
    return new Error("internal");
  }
  return new Error(error.retryAfterSeconds ? `${error.code}.${error.retryAfterSeconds}` : error.code);
}

const password = () =>
  Credentials({
    name: "Password",
    credentials: { email: { type: "email" }, password: { type: "password" } },
    async authorize(given): Promise<SignedIn> {
      try {
        const { ctx, replaces } = await signInCtx();
        const email = String(given?.email ?? "");
        const session = await signInWithPassword(ctx, { email, password: String(given?.password ?? ""), replaces });
        if (!("secondStep" in session)) return { id: session.sessionId, sid: session.sessionId };
        await setSecondStepCookie(session.secondStep);
        throw new GatehouseError("second_factor_required");
      } catch (error) {
        throw errorWord(error);
      }
    },
  });

/**
 * What the ID token says, and where it says nothing about e-mail (providers keep it out of there, OpenID Connect Core
 * §5.4), the e-mail claims of the userinfo endpoint, whose subject is checked against the token's (§5.3.2). Address and
 * `email_verified` always come from the same answer.
 */
const askForClaims: UserinfoEndpointHandler["request"] = async ({ client, tokens }) => {
  const claims = decodeJwt(tokens.id_token ?? ""); // checked already, when the code was exchanged
  if (claims.email !== undefined || !tokens.access_token) return claims;
  const { sub, email, email_verified } = await client.userinfo(tokens.access_token);
  if (sub !== claims.sub) throw new Error("The userinfo endpoint answered about somebody else");
  return { ...claims, email, email_verified };
};

/**
 * Exchanges the code, after it has been made sure that the metadata are those of the provider that was configured (OpenID
 * Connect Discovery §4.3): a stranger's, served in their place, would have our secret, and sign in anybody. A slash at the end
 * is no difference.
 */
const exchangeCode =
  (issuer: string): TokenEndpointHandler["request"] =>
  async ({ client, provider, params, checks }) => {
    const named = String(client.issuer.metadata.issuer);
    if (named.replace(/\/$/, "") !== issuer.replace(/\/$/, ""))
      throw new Error(`The provider's metadata name another issuer: ${named}`);
    return { tokens: await client.callback(provider.callbackUrl, params, checks) };
  };

function singleSignOn(): NextAuthOptions["providers"] {
  const { GATEHOUSE_OIDC_ISSUER: issuer, ...rest } = env();
  if (!issuer) return [];
  return [
    {
      id: "oidc",
      name: rest.GATEHOUSE_OIDC_NAME,
      type: "oauth",
      wellKnown: `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
      idToken: true,
      checks: ["pkce", "state", "nonce"],
      authorization: { params: { scope: "openid email profile" } },
      token: { request: exchangeCode(issuer) },
      userinfo: { request: askForClaims },
      httpOptions: { timeout: PROVIDER_TIMEOUT_MS },
      clientId: rest.GATEHOUSE_OIDC_CLIENT_ID,
      clientSecret: rest.GATEHOUSE_OIDC_CLIENT_SECRET,
      profile: (claims: Claims) => ({ id: String(claims.sub ?? "") }),
    },
  ];
}

async function openWithIdentity(user: SignedIn, claims: Claims): Promise<true | string> {
  try {
    const { ctx, replaces } = await signInCtx();
    const identity = {
      issuer: claims.iss ?? "",
      subject: claims.sub ?? "",
      email: claims.email ?? null,
      emailVerified: claims.email_verified === true,
      authTimeSeconds: typeof claims.auth_time === "number" ? claims.auth_time : null,
      amr: methodsOf(claims),
    };
    user.sid = (await signInWithIdentity(ctx, { identity, replaces })).sessionId;
    return true;
  } catch (error) {
    return `/sign-in?error=${error instanceof GatehouseError ? "sso_refused" : errorWord(error).message}`;
  }
}

/**
 * next-auth, made anew for each request, since the limits of sessions stand in the database. Its JWT holds the session's
 * id and nothing else.
 */
export async function authOptions(): Promise<NextAuthOptions> {
  // next-auth takes its own address from this variable alone; ours is the one truth.
  // eslint-disable-next-line no-restricted-properties -- written, not read
  process.env.NEXTAUTH_URL = env().GATEHOUSE_URL;
  const { sessionAbsoluteSeconds } = await db().instance.findUniqueOrThrow({ where: { id: 1 } });
  return {
    secret: sessionSecret(),
    useSecureCookies: secureCookies(),
    session: { strategy: "jwt", maxAge: sessionAbsoluteSeconds },
    jwt: { decode: ({ token, salt }) => (salt ? Promise.resolve(null) : decodeSessionJwt(token)) },
    cookies: { sessionToken: { name: sessionCookieName(), options: sessionCookieOptions() } },
    pages: { signIn: "/sign-in", error: "/sign-in", signOut: "/signed-out" },
    providers: [password(), ...singleSignOn()],
    callbacks: {
      redirect: ({ url, baseUrl }) => baseUrl + safeReturnTo(ownPath(url, baseUrl)),
      signIn: ({ user, account, profile }) =>
        account?.provider === "oidc" ? openWithIdentity(user, (profile ?? {}) as Claims) : true,
      jwt: ({ token, user }) => {
        const sid = (user as SignedIn | undefined)?.sid ?? token.sid;
        return sid ? { sid } : {};
      },
      session: async ({ session }) => {
        const { actor } = await currentCtx();
        if (actor.kind !== "person") return { expires: session.expires };
        return { expires: session.expires, user: { name: actor.name, email: actor.email } };
      },
    },
    events: {
      async signOut() {
        const ctx = await currentCtx();
        if (ctx.actor.kind === "person") await signOut(ctx);
      },
    },
    logger: {
      error: (code, metadata) => log.warn({ code, why: metadata }, "Sign-in did not go through"),
      warn: () => undefined,
      debug: () => undefined,
    },
  };
}
