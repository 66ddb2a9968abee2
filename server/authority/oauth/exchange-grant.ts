import type Provider from "oidc-provider";
import type { TokenEndpointGrantContext } from "oidc-provider";
import {
  buildTokenResponse,
  checkDpopReplay,
  checkDpopRequired,
  resolveRequestedResources,
  validateDpop,
} from "oidc-provider/lib/helpers/grants.js";
import { queryAlone } from "@/lib/db";
import { EXTRA_GRANT_TYPES } from "@/lib/oauth/client-schema";
import { declaredTools, detailsOf } from "@/lib/oauth/declared-tools";
import {
  actorsThrough,
  exchangeAccessToken,
  findSubjectToken,
  MAX_EXCHANGES,
  type SubjectToken,
} from "@/lib/oauth/exchange";
import { scopesNow } from "@/lib/oauth/scopes-now";
import { agentCtx, currentCtx, resourceOf } from "./asking";
import { asOAuthError } from "./errors";
import { errors } from "./library";
import { agentOf, type Sign } from "./models";

const EXCHANGE_GRANT = EXTRA_GRANT_TYPES.token_exchange;
const ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token";

const PARAMETERS = [
  "subject_token",
  "subject_token_type",
  "actor_token",
  "actor_token_type",
  "requested_token_type",
  "audience",
  "resource",
  "scope",
  "authorization_details",
  "expires_in",
] as const;
type Params = Partial<Record<(typeof PARAMETERS)[number], string>>;

/** What of RFC 8693 §2.1 there is: an access token for an access token, and the client that asks is the actor. */
function requireKnown(params: Params): string {
  if (!params.subject_token) throw new errors.InvalidRequest("missing required parameter(s) 'subject_token'");
  if (params.subject_token_type !== ACCESS_TOKEN_TYPE)
    throw new errors.InvalidRequest(`subject_token_type must be ${ACCESS_TOKEN_TYPE}`);
  if (params.requested_token_type !== undefined && params.requested_token_type !== ACCESS_TOKEN_TYPE)
    throw new errors.InvalidRequest(`requested_token_type must be ${ACCESS_TOKEN_TYPE}`);
  if (params.actor_token !== undefined || params.actor_token_type !== undefined)
    throw new errors.InvalidRequest("the client itself is the actor: send no actor_token");
  return params.subject_token;
}

/** The same server, however it is named. */
async function requireSameServer(params: Params, subject: SubjectToken): Promise<void> {
  for (const named of [params.resource, params.audience].filter((name) => name !== undefined))
    if ((await resourceOf(named))?.id !== subject.server.id)
      throw new errors.InvalidTarget("a token is exchanged for one of the same server");
}

/** The subject token with those of its scopes that this agent may use in its place now: an admin may have to agree to each agent by itself. */
async function usableBy(agentId: string, subject: SubjectToken): Promise<SubjectToken> {
  const { id: parentId, personId, grantId, server, scopes } = subject;
  const { names } = await scopesNow(queryAlone, { agentId, personId, serverId: server.id, grantId, parentId, scopes });
  const usable = scopes.filter((name) => names.has(name));
  if (usable.length === 0) throw new errors.InvalidGrant("nothing is left of what the subject token carries");
  return { ...subject, scopes: usable };
}

/** Some or all of the subject's. */
function narrowedScopes({ scope }: Params, subject: SubjectToken): readonly string[] {
  const asked = (scope ?? "").split(" ").filter(Boolean);
  const beyond = asked.filter((name) => !subject.scopes.includes(name));
  if (beyond.length > 0) throw new errors.InvalidScope("the subject token does not carry all of these scopes", beyond.join(" ")); // prettier-ignore
  return asked.length > 0 ? subject.scopes.filter((name) => asked.includes(name)) : subject.scopes;
}

/** Some or all of the subject's; any, where its scopes alone say which; null where nobody names any. */
function narrowedTools({ authorization_details }: Params, subject: SubjectToken): readonly string[] | null {
  const asked = declaredTools(authorization_details);
  if (asked === "invalid") throw new errors.InvalidAuthorizationDetails("name the tools as [{ type, tools }]");
  if (!subject.declared) return asked;
  if (asked?.some((tool) => !subject.tools.includes(tool)))
    throw new errors.InvalidAuthorizationDetails("the subject token does not open all of these tools");
  return asked ?? subject.tools;
}

/** For how long it is asked for, seconds: a parameter of ours, beside RFC 8693's own. Infinity where nothing is said. */
function askedSeconds({ expires_in }: Params): number {
  if (expires_in === undefined) return Infinity;
  if (!/^[1-9]\d{0,8}$/.test(expires_in))
    throw new errors.InvalidRequest("expires_in must be a whole number of seconds, 1 or more");
  return Number(expires_in);
}

/**
 * Token exchange (RFC 8693), only ever for less: an agent hands on what it may do, or a part of it, to another, for the same person on
 * the same server and never for longer. Both are named in the token (`act`), and it dies with what it was exchanged from.
 */
export function registerExchangeGrant(provider: Provider, sign: Sign): void {
  const handler = async (ctx: TokenEndpointGrantContext<Params>): Promise<void> => {
    const { client } = ctx.oidc;
    // The engine fills in scopes where a resource is resolved: what was asked for is this.
    const params: Params = { ...ctx.oidc.params };
    const value = requireKnown(params);
    const dPoP = await validateDpop(provider, ctx);
    checkDpopRequired(provider, ctx, dPoP);
    const now = currentCtx().nowSeconds();
    const subject = await findSubjectToken(value, now);
    if (!subject) throw new errors.InvalidGrant("the subject token is none of ours, or has ended");
    // Otherwise who has only seen a bound token would exchange it for one that is bound to nothing.
    if (subject.jkt !== null && subject.jkt !== dPoP?.thumbprint)
      throw new errors.InvalidGrant("the subject token is bound to another key");
    if (subject.jkt === null && subject.server.requireDpop)
      throw new errors.InvalidGrant("the subject token is bound to no key, and its server takes none such");
    await checkDpopReplay(provider, ctx, dPoP, client.clientId);
    const agent = agentOf(client as never);
    if (subject.personId === null && subject.agentId !== agent.id)
      throw new errors.InvalidGrant("what a machine has in its own name is its own");
    const actors = actorsThrough(subject, client.clientId);
    if (actors.length > MAX_EXCHANGES + 1) throw new errors.InvalidGrant("too many agents act through one another");
    await requireSameServer(params, subject);
    const scopes = narrowedScopes(params, await usableBy(agent.id, subject));
    const tools = narrowedTools(params, subject);
    const asked = askedSeconds(params);
    (ctx.oidc.params as Params).resource = subject.server.resource;
    const [resourceServer] = await resolveRequestedResources(provider, ctx);
    const left = Math.floor(subject.expiresAt.getTime() / 1000 - now);
    if (!resourceServer || left < 1) throw new errors.InvalidGrant("the subject token has ended");
    const terms = {
      client,
      expiresIn: Math.min(left, asked, resourceServer.accessTokenTTL ?? left),
      scope: scopes.join(" "),
      ...(tools ? { rar: detailsOf(tools) } : {}),
      ...(dPoP ? { jkt: dPoP.thumbprint } : {}),
    };
    const at =
      subject.personId === null
        ? new provider.ClientCredentials(terms as never)
        : new provider.AccessToken({
            ...terms,
            accountId: subject.personId,
            grantId: subject.grantId,
            gty: EXCHANGE_GRANT,
          } as never);
    at.resourceServer = resourceServer;
    Object.assign(at, { actors, parentId: subject.id, declaredTools: tools ?? undefined });
    const accessToken = { ...(await sign(at)), grantType: EXCHANGE_GRANT };
    await exchangeAccessToken(agentCtx(agent, accessToken.personId), accessToken).catch(asOAuthError);
    ctx.body = buildTokenResponse(provider, {
      accessToken: accessToken.value,
      issuedTokenType: ACCESS_TOKEN_TYPE,
      tokenType: accessToken.jkt ? "DPoP" : "Bearer",
      expiresIn: Math.floor(accessToken.expiresAtSeconds - accessToken.issuedAtSeconds),
      scope: accessToken.scopes.join(" "),
      authorizationDetails: accessToken.tools ? detailsOf(accessToken.tools) : undefined,
    });
  };
  provider.registerGrantType(EXCHANGE_GRANT, handler, [...PARAMETERS]);
}
