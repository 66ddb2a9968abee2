import type Provider from "oidc-provider";
import type { TokenEndpointGrantContext } from "oidc-provider";
import {
  buildTokenResponse,
  checkDpopReplay,
  checkDpopRequired,
  resolveRequestedResources,
  validateDpop,
} from "oidc-provider/lib/helpers/grants.js";
import { AssertionError, checkAssertion, useAssertion } from "@/lib/oauth/assertion";
import { EXTRA_GRANT_TYPES } from "@/lib/oauth/client-schema";
import { grantByAssertion, personOf, scopesFor } from "@/lib/oauth/grant-by-assertion";
import { newId } from "@/lib/id";
import { agentCtx, currentCtx, resourceOf } from "./asking";
import { asOAuthError } from "./errors";
import { errors } from "./library";
import { agentOf, type Sign } from "./models";

const ASSERTION_GRANT = EXTRA_GRANT_TYPES.jwt_bearer;
/** What of it there is, for the metadata. */
export const GRANT_PROFILES = ["urn:ietf:params:oauth:grant-profile:id-jag"] as const;

type Params = { assertion?: string; scope?: string; resource?: string };

/**
 * Enterprise-managed authorization (ID-JAG): a company's identity provider says that an agent may act for one of its people on a server. Its
 * word counts for a single access token, for what the person's roles give, and for no refresh token.
 */
export function registerAssertionGrant(provider: Provider, sign: Sign): void {
  const handler = async (ctx: TokenEndpointGrantContext<Params>): Promise<void> => {
    const { client } = ctx.oidc;
    const params: Params = { ...ctx.oidc.params };
    if (!params.assertion) throw new errors.InvalidRequest("missing required parameter(s) 'assertion'");
    if (client.clientAuthMethod === "none") throw new errors.InvalidClient("the client must prove who it is");
    const dPoP = await validateDpop(provider, ctx);
    checkDpopRequired(provider, ctx, dPoP);
    const assertion = await checkAssertion(currentCtx(), params.assertion, client.clientId).catch((error: unknown) => {
      throw error instanceof AssertionError ? new errors.InvalidGrant(error.message) : error;
    });
    const server = await resourceOf(assertion.resource);
    if (!server) throw new errors.InvalidTarget("the assertion is for no server that is registered here");
    if (params.resource !== undefined && (await resourceOf(params.resource))?.id !== server.id)
      throw new errors.InvalidTarget("the assertion is for another server");
    const personId = await personOf(assertion);
    if (personId === null) throw new errors.InvalidGrant("nobody's account here is linked to the assertion's subject");
    const agent = agentOf(client as never);
    const asked = (params.scope ?? "").split(" ").filter(Boolean);
    const scopes = await scopesFor({ personId, agentId: agent.id }, server, assertion, asked);
    if (scopes.length === 0) throw new errors.InvalidScope("the person's roles and the admins give nothing of what was asked for", params.scope ?? ""); // prettier-ignore
    (ctx.oidc.params as Params).resource = server.resource;
    const [resourceServer] = await resolveRequestedResources(provider, ctx);
    await checkDpopReplay(provider, ctx, dPoP, client.clientId);
    if (!(await useAssertion(assertion))) throw new errors.InvalidGrant("the assertion was used before");
    const at = new provider.AccessToken({
      ...{ client, accountId: personId, grantId: newId("grant"), gty: ASSERTION_GRANT, scope: scopes.join(" ") },
      ...(dPoP ? { jkt: dPoP.thumbprint } : {}),
    } as never);
    if (resourceServer) at.resourceServer = resourceServer;
    const token = await sign(at);
    await grantByAssertion(agentCtx(agent, personId), { token, issuer: assertion.issuer }).catch(asOAuthError);
    ctx.body = buildTokenResponse(provider, {
      accessToken: token.value,
      tokenType: token.jkt ? "DPoP" : "Bearer",
      expiresIn: Math.floor(token.expiresAtSeconds - token.issuedAtSeconds),
      scope: token.scopes.join(" "),
    });
  };
  provider.registerGrantType(ASSERTION_GRANT, handler, ["assertion", "scope", "resource"]);
}
