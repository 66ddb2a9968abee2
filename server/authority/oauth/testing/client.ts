import { createHash, randomBytes } from "node:crypto";
import { db } from "@/lib/db";
import type { ClientGrantType } from "@/lib/oauth/client";
import type { ClientAuthMethod } from "@/lib/oauth/client-schema";
import { newId } from "@/lib/id";
import { lastFour, makeCredential } from "@/lib/token/format";
import { hashCredential } from "@/lib/token/hash";
import { makePerson } from "@/lib/testing/make";
import type { Browser } from "./browser";
import type { Reach } from "./listener";

export const CALLBACK = "http://127.0.0.1:4999/callback";

/** A client that an admin registered, as rows. */
export async function makeClient(
  overrides: {
    name?: string;
    kind?: "interactive" | "machine";
    authMethod?: ClientAuthMethod;
    redirectUris?: string[];
    grantTypes?: ClientGrantType[];
    applicationType?: "native" | "web";
    jwks?: object;
  } = {},
): Promise<{ agentId: string; clientId: string; secret: string | null; name: string }> {
  const owner = await makePerson({ consoleRole: "admin" });
  const agentId = newId("agent");
  const { kind = "interactive", authMethod = "none" } = overrides;
  const name = overrides.name ?? `Client ${agentId.slice(-6)}`;
  await db().agent.create({ data: { id: agentId, name, kind, ownerId: owner.id } });
  await db().oauthClient.create({
    data: {
      agentId,
      clientId: agentId,
      authMethod,
      applicationType: overrides.applicationType ?? "native",
      redirectUris: overrides.redirectUris ?? (kind === "interactive" ? [CALLBACK] : []),
      grantTypes:
        overrides.grantTypes ??
        (kind === "interactive" ? ["authorization_code", "refresh_token"] : ["client_credentials"]),
      jwks: overrides.jwks,
    },
  });
  if (!authMethod.startsWith("client_secret")) return { agentId, clientId: agentId, secret: null, name };
  const secret = makeCredential("cs");
  await db().clientSecret.create({
    data: { id: newId("secret"), agentId, ...hashCredential(secret), lastFour: lastFour(secret), createdBy: owner.id },
  });
  return { agentId, clientId: agentId, secret, name };
}

/** What the token endpoint said. */
export type TokenAnswer = {
  status: number;
  body: {
    access_token?: string;
    refresh_token?: string;
    token_type?: string;
    expires_in?: number;
    scope?: string;
    error?: string;
    error_description?: string;
  };
};

/** One request at the token endpoint. */
export async function askToken(
  reach: Reach,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<TokenAnswer> {
  const answer = await reach("/oauth/token", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: new URLSearchParams(form).toString(),
  });
  return { status: answer.status, body: (await answer.json()) as TokenAnswer["body"] };
}

/** A PKCE pair (RFC 7636). */
export function pkce(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

/** The address of an authorization request. */
export function authorizeUrl(issuer: string, params: Record<string, string | undefined>): string {
  const url = new URL("/oauth/authorize", issuer);
  for (const [name, value] of Object.entries({
    response_type: "code",
    code_challenge_method: "S256",
    state: "s-1",
    ...params,
  }))
    if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
}

/** The whole way: the person allows these scopes, and the client gets its tokens. */
export async function connect(
  browser: Browser,
  issuer: string,
  client: { clientId: string },
  asked: { resource: string; scope?: string; authorization_details?: string },
  given: string[],
): Promise<TokenAnswer> {
  const { verifier, challenge } = pkce();
  const uid = await browser.open(
    authorizeUrl(issuer, { client_id: client.clientId, redirect_uri: CALLBACK, code_challenge: challenge, ...asked }),
  );
  const back = await browser.allow(uid, given);
  const code = back.searchParams.get("code");
  if (!code) throw new Error(back.href);
  return askToken(browser.reach, {
    grant_type: "authorization_code",
    client_id: client.clientId,
    code,
    code_verifier: verifier,
    redirect_uri: CALLBACK,
    resource: asked.resource,
  });
}
