import type Provider from "oidc-provider";
import type { AccessToken, ClientCredentials } from "oidc-provider";
import { db } from "@/lib/db";
import { newId } from "@/lib/id";
import { checkClientSecret, SECRET_OVERDUE } from "@/lib/oauth/client";
import { heldScopes } from "@/lib/oauth/held";
import { issueAccessToken, type NewAccessToken } from "@/lib/oauth/issue";
import { makeCredential } from "@/lib/token/format";
import { agentCtx, clientOf, currentCtx, grantOf, resourceOf } from "./asking";
import { asOAuthError } from "./errors";
import { errors } from "./library";

type Token = (AccessToken | ClientCredentials) & {
  accountId?: string;
  grantId?: string;
  jkt?: string;
  gty?: string;
  format?: "jwt" | "opaque";
  aud: string;
  iat?: number;
  exp?: number;
  expiresIn?: number;
  expiration: number;
  actors?: readonly string[];
  parentId?: string;
  declaredTools?: readonly string[];
  /** What its claims say besides (`extraTokenClaims`). */
  extra?: { auth_time?: number; acr?: string };
};

/** What an OAuth client is to us: its agent. */
export function agentOf(client: { clientName?: string; clientId: string; agent_id?: unknown }): {
  id: string;
  name: string;
} {
  return { id: String(client.agent_id), name: client.clientName ?? client.clientId };
}

/** Signs a token and says what is to be kept of it; nothing is kept yet. */
export type Sign = (token: AccessToken | ClientCredentials) => Promise<NewAccessToken>;

/**
 * Makes the engine's models ours: access tokens are issued by a verb, which keeps and records them, before anybody gets them;
 * refresh tokens and opaque access tokens have the form of our credentials; client secrets are compared by keyed hash.
 */
export function adoptModels(provider: Provider): Sign {
  const { AccessToken, ClientCredentials, RefreshToken, Client } = provider;
  const signers = new Map<unknown, () => Promise<string>>();
  const sign: Sign = async (token) => {
    const signer = signers.get(token.constructor) as (this: typeof token) => Promise<string>;
    await endWithGrant(token as Token);
    return describe(token as Token, await signer.call(token));
  };
  for (const Model of [AccessToken, ClientCredentials]) {
    signers.set(Model, Model.prototype.save as () => Promise<string>);
    Object.assign(Model.prototype, {
      generateTokenId(this: Token): string {
        this.format = formatOf(this);
        return this.format === "jwt" ? newId("accessToken") : makeCredential("at");
      },
      async save(this: Token): Promise<string> {
        if (this instanceof ClientCredentials) await narrowToRoles(this as Token);
        const issued = await sign(this);
        const agent = agentOf(this.client as never);
        await issueAccessToken(agentCtx(agent, issued.personId), issued).catch(asOAuthError);
        return issued.value;
      },
    });
  }
  Object.assign(RefreshToken.prototype, { generateTokenId: () => makeCredential("rt") });
  Object.assign(Client.prototype, {
    async compareClientSecret(this: { clientId: string }, presented: string): Promise<boolean> {
      const client = await clientOf(this.clientId);
      const verdict = client ? await checkClientSecret(client, presented, currentCtx().nowSeconds()) : "wrong";
      if (verdict === "overdue") throw new errors.InvalidClientAuth(SECRET_OVERDUE);
      return verdict === "good";
    },
  });
  return sign;
}

const formatOf = (token: Token): "jwt" | "opaque" =>
  (token as unknown as { resourceServer?: { accessTokenFormat?: "jwt" | "opaque" } }).resourceServer
    ?.accessTokenFormat ?? "opaque";

/**
 * Leaves of what a machine asks what its roles give (RFC 6749 §3.3): MCP clients ask for whatever a server has. Where that is nothing,
 * the token is refused as it is issued, with everything else that may end it.
 */
async function narrowToRoles(token: Token): Promise<void> {
  const server = typeof token.aud === "string" && token.scopes.size > 1 ? await resourceOf(token.aud) : null;
  if (!server) return;
  const held = await heldScopes(db(), { agentId: agentOf(token.client as never).id }, server);
  const left = held.map(({ name }) => name).filter((name) => token.scopes.has(name));
  if (left.length > 0) token.scope = left.join(" ");
}

/** No token outlives the grant that it hangs from, also where somebody reads its `exp` alone. Where that has ended, it is not issued. */
async function endWithGrant(token: Token): Promise<void> {
  const grant = token.grantId === undefined ? null : await grantOf(token.grantId);
  if (!grant) return;
  const left = Math.floor(grant.expiresAtSeconds - currentCtx().nowSeconds());
  token.expiresIn = Math.max(1, Math.min(token.expiration, left));
}

/** A signed token in our own words. Throws where it is for no server: none is ever issued that is bound to nothing. */
async function describe(token: Token, value: string): Promise<NewAccessToken> {
  const server = typeof token.aud === "string" ? await resourceOf(token.aud) : null;
  if (!server) throw new Error("an access token without a server");
  const grant = token.grantId === undefined ? null : await grantOf(token.grantId);
  const now = currentCtx().nowSeconds();
  const issuedAtSeconds = token.iat ?? Math.floor(now);
  const endsAtSeconds = token.exp ?? issuedAtSeconds + token.expiration;
  return {
    id: token.format === "jwt" ? token.jti : newId("accessToken"),
    value,
    format: token.format ?? "opaque",
    agentId: agentOf(token.client as never).id,
    personId: token.accountId ?? null,
    serverId: server.id,
    grantId: token.grantId ?? null,
    scopes: [...token.scopes],
    tools: token.declaredTools ?? grant?.tools ?? null,
    jkt: token.jkt ?? null,
    parentId: token.parentId ?? null,
    actors: token.actors ?? [],
    issuedAtSeconds,
    expiresAtSeconds: Math.min(endsAtSeconds, grant?.expiresAtSeconds ?? Infinity),
    authTimeSeconds: token.extra?.auth_time ?? null,
    acr: token.extra?.acr ?? null,
    grantType: token.gty ?? "client_credentials",
  };
}
