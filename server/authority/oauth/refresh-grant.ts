import type Provider from "oidc-provider";
import type { TokenEndpointGrantContext } from "oidc-provider";
import {
  buildTokenResponse,
  checkDpopReplay,
  checkDpopRequired,
  resolveAndApplyResource,
  validateDpop,
  validateGrant,
} from "oidc-provider/lib/helpers/grants.js";
import { detailsOf } from "@/lib/oauth/declared-tools";
import { takeTurnsByKey } from "@/lib/limit/turns";
import { refresh } from "@/lib/oauth/refresh";
import { agentCtx, grantOf } from "./asking";
import { asOAuthError } from "./errors";
import { errors } from "./library";
import { agentOf, type Sign } from "./models";

/**
 * One family's refreshes go one after the other, for they lock its grant. An agent's that come all at once wait here, and leave the
 * connections to everybody else; other processes' wait for the lock.
 */
const inTurn = takeTurnsByKey({ waiting: 200 });

type Params = { refresh_token?: string; scope?: string; resource?: string };

/**
 * The refresh grant (OAuth 2.1 §4.3) in place of the engine's own: rotation, reuse and grace are decided in one transaction
 * (`lib/oauth/refresh.ts`), so that of a hundred parallel refreshes of one token all get the same successor.
 */
export function registerRefreshGrant(provider: Provider, sign: Sign): void {
  const handler = async (ctx: TokenEndpointGrantContext<Params>): Promise<void> => {
    const { client, params } = ctx.oidc;
    const value = params.refresh_token;
    if (!value) throw new errors.InvalidRequest("missing required parameter(s) 'refresh_token'");
    const dPoP = await validateDpop(provider, ctx);
    const token = await provider.RefreshToken.find(value, { ignoreExpiration: true });
    if (!token || token.clientId !== client.clientId)
      throw new errors.InvalidGrant("no such refresh token of this client");
    ctx.oidc.entity("RefreshToken", token);
    checkDpopRequired(provider, ctx, dPoP);
    const grant = await validateGrant(provider, ctx, token.grantId ?? "");
    const beyond = [...ctx.oidc.requestParamScopes].filter((scope) => !token.scopes.has(scope));
    if (params.scope && beyond.length > 0)
      throw new errors.InvalidScope("the refresh token does not carry all of these scopes", beyond.join(" "));
    await checkDpopReplay(provider, ctx, dPoP, client.clientId);
    if (token.jkt && token.jkt !== dPoP?.thumbprint) throw new errors.InvalidGrant("bound to another key");
    const { personId, personActive } = (await grantOf(token.grantId ?? "")) ?? {};
    if (!personActive || personId === undefined) throw new errors.InvalidGrant("the person is not active");
    const at = new provider.AccessToken({
      accountId: personId,
      client,
      grantId: token.grantId,
      gty: "refresh_token",
    } as never);
    if (dPoP) (at as unknown as { jkt: string }).jkt = dPoP.thumbprint;
    const scopes = params.scope ? ctx.oidc.requestParamScopes : token.scopes;
    await resolveAndApplyResource(provider, ctx, token, at, grant, scopes);
    const accessToken = await sign(at);
    const asker = agentCtx(agentOf(client as never), personId);
    const done = await inTurn(token.grantId ?? "", () => refresh(asker, { value, accessToken })).catch(asOAuthError);
    if (done.outcome === "reuse") throw new errors.InvalidGrant("the refresh token was used before");
    ctx.body = buildTokenResponse(provider, {
      accessToken: accessToken.value,
      expiresIn: Math.round(accessToken.expiresAtSeconds - accessToken.issuedAtSeconds),
      refreshToken: done.refreshToken,
      scope: accessToken.scopes.join(" "),
      tokenType: accessToken.jkt ? "DPoP" : "Bearer",
      authorizationDetails: accessToken.tools ? detailsOf(accessToken.tools) : undefined,
    });
  };
  provider.registerGrantType("refresh_token", handler, ["refresh_token", "scope", "resource"]);
}
