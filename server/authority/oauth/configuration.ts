import type { Configuration, interactionPolicy as Policy, KoaContextWithOIDC } from "oidc-provider";
import { allKeys } from "@/lib/crypto/keys";
import { db } from "@/lib/db";
import { env } from "@/lib/env";
import { actClaim } from "@/lib/oauth/act";
import { areToolsOf, declaredTools, detailsOf, MCP_TOOLS } from "@/lib/oauth/declared-tools";
import { AUTH_METHODS } from "@/lib/oauth/client-schema";
import { STARTED_COOKIE } from "@/lib/oauth/interaction";
import { pregrantedScopes } from "@/lib/oauth/pregranted";
import { redirectName } from "@/lib/oauth/redirect";
import { defaultScopes, soleResource } from "@/lib/oauth/resource";
import { SIGNING_ALGORITHM, type KeyRing } from "@/lib/oauth/signing-keys";
import { CLASSES, classOf, knownClasses, meets } from "@/lib/second-factor/classes";
import { secureCookies } from "@/lib/session/cookie";
import { adapterFor } from "./adapter";
import { currentCtx, resourceOf } from "./asking";
import { GRANT_PROFILES } from "./assertion-grant";
import { consoleActor } from "./console-session";
import { deviceFlow } from "./device-flow";
import { renderError } from "./error-page";
import { guardedFetch } from "./guarded-fetch";
import { errors, interactionPolicy } from "./library";
import { agentOf } from "./models";
import { CONSENT_PATH, OAUTH_ROUTES, OWN_ROUTES } from "./routes";

const MINUTE = 60;

/** A token lives as long as its server says (`access_token_seconds`); there are none without a server. */
const serversOwnTtl = (_ctx: unknown, { resourceServer }: { resourceServer?: { accessTokenTTL?: number } }): number =>
  resourceServer?.accessTokenTTL ?? 15 * MINUTE;

const TTL = {
  // A number would count in place of the server's own.
  AccessToken: serversOwnTtl,
  ClientCredentials: serversOwnTtl,
  AuthorizationCode: MINUTE,
  IdToken: 15 * MINUTE,
  DeviceCode: 10 * MINUTE,
  Interaction: 20 * MINUTE,
  Session: 12 * 60 * MINUTE,
  Grant: 365 * 24 * 60 * MINUTE,
  // What a refresh token's life is, our own policy says (`refresh_idle_seconds`).
  RefreshToken: 365 * 24 * 60 * MINUTE,
} as const;

/** How the person signed in, as codes and refresh tokens keep it. */
type SignedIn = { authTime?: number; acr?: string };

/** The identity of the token's grant, those who act through one another, and how the person signed in go into a token besides. */
type Extra = { grantId?: string; actors?: readonly string[]; accountId?: string };

/**
 * `auth_time` and `acr` of an access token (RFC 9068 §2.2.1): of what was presented for it. What is exchanged, or issued by an
 * identity provider's word, says nothing of a sign-in here.
 */
function signInClaims(entities: Record<string, unknown>, { accountId }: Extra): { auth_time?: number; acr?: string } {
  if (accountId === undefined) return {};
  const source = (entities.AuthorizationCode ?? entities.DeviceCode ?? entities.RefreshToken) as SignedIn | undefined;
  return { ...(source?.authTime ? { auth_time: source.authTime } : {}), ...(source?.acr ? { acr: source.acr } : {}) };
}

/**
 * Asks the console who is there each time, and lets nobody pass who is not. Who has just answered is not asked again for what
 * they did not leave ticked.
 */
function policy(): Policy.DefaultPolicy {
  const prompts = interactionPolicy.base();
  const missing = prompts.get("consent")?.checks.get("rs_scopes_missing");
  if (missing) {
    const { check } = missing;
    missing.check = (ctx) =>
      ctx.oidc.result?.consent ? interactionPolicy.Check.NO_NEED_TO_PROMPT : check.call(missing, ctx);
  }
  prompts.get("login")?.checks.add(
    new interactionPolicy.Check("console_session", "the person must sign in", "login_required", async (ctx) => {
      const { session } = ctx.oidc;
      if (session?.accountId === undefined) return interactionPolicy.Check.NO_NEED_TO_PROMPT;
      const actor = await consoleActor(ctx);
      if (actor?.personId === session.accountId) {
        // What tokens say of the sign-in is what the console knows of it now.
        Object.assign(session, signInOf(actor));
        return interactionPolicy.Check.NO_NEED_TO_PROMPT;
      }
      // Whoever comes next at this browser begins anew: the engine would have them sign the other one out first.
      for (const fact of ["accountId", "loginTs", "acr", "amr", "authorizations"] as const) delete session[fact];
      session.resetIdentifier();
      return interactionPolicy.Check.REQUEST_PROMPT;
    }),
  );
  prompts.get("login")?.checks.add(
    new interactionPolicy.Check(
      "sign_in_class",
      "the person has not signed in as was asked for",
      UNMET,
      async (ctx) => {
        const wanted = knownClasses(ctx.oidc.params?.acr_values as string | undefined);
        if (wanted.length === 0 || meets((await consoleActor(ctx))?.amr ?? [], wanted))
          return interactionPolicy.Check.NO_NEED_TO_PROMPT;
        return interactionPolicy.Check.REQUEST_PROMPT;
      },
    ),
  );
  return prompts;
}

/** How the person of a console session signed in, in the words of the engine's own session. */
const signInOf = ({ amr, reauthenticatedAtSeconds }: NonNullable<Awaited<ReturnType<typeof consoleActor>>>) => ({
  acr: classOf(amr) ?? undefined,
  amr: amr.length > 0 ? [...amr] : undefined,
  loginTs: Math.floor(reauthenticatedAtSeconds),
});

const UNMET = "unmet_authentication_requirements";

/**
 * Who asks for classes of sign-in none of which is known here has been refused for the want of one, and would be again with whatever
 * token it got (RFC 9470 §5).
 */
function refuseUnknownClasses(_ctx: KoaContextWithOIDC, wanted: string | undefined): void {
  if (wanted !== undefined && knownClasses(wanted).length === 0)
    throw new errors.CustomOIDCProviderError(UNMET, `this server knows no other classes than ${CLASSES.join(" ")}`);
}

/** Refuses details that are not of our one type, or name what is no tool of the server that is asked for. */
async function requireTools({ oidc: { params } }: KoaContextWithOIDC): Promise<void> {
  const tools = declaredTools(params?.authorization_details as string | undefined);
  if (tools === "invalid") throw new errors.InvalidAuthorizationDetails("name the tools as [{ type, tools }]");
  const server = typeof params?.resource === "string" ? await resourceOf(params.resource) : await soleResource();
  // Where it is not clear which server is meant, that is refused in its turn.
  if (tools && server && !(await areToolsOf(server.id, tools)))
    throw new errors.InvalidAuthorizationDetails("not all of these are tools of the server");
}

const DEVICE_ROUTES: ReadonlySet<string> = new Set(["code_verification", "device_resume"]);

/**
 * The grant that a request may go on under: the one just given; else an earlier one that was to be remembered, covers it, and leads
 * to where the person was told that it leads.
 */
async function loadExistingGrant(ctx: KoaContextWithOIDC) {
  const { oidc } = ctx;
  const given = oidc.result?.consent?.grantId;
  if (given) return oidc.provider.Grant.find(given);
  // Behind a code there may be anybody's device: its person is asked each time.
  if (DEVICE_ROUTES.has(oidc.route)) return undefined;
  const redirectUri = oidc.params?.redirect_uri;
  if (oidc.prompts.has("consent") || typeof oidc.params?.resource !== "string" || typeof redirectUri !== "string")
    return undefined;
  const server = await resourceOf(oidc.params.resource);
  const now = new Date(currentCtx().nowSeconds() * 1000);
  const candidates = await db().oauthGrant.findMany({
    where: {
      personId: oidc.account?.accountId ?? "",
      agent: { client: { clientId: oidc.client?.clientId ?? "" } },
      serverId: server?.id ?? "",
      remembered: true,
      rememberedFor: redirectName(redirectUri),
      revokedAt: null,
      expiresAt: { gt: now },
    },
    select: { id: true, declared: true, tools: true, scopes: { select: { scope: { select: { name: true } } } } },
    orderBy: { id: "desc" },
    take: 20,
  });
  const tools = declaredTools(oidc.params.authorization_details as string | undefined);
  const covering = candidates.find(
    (grant) =>
      [...oidc.requestParamScopes].every(
        (name) =>
          name === "openid" || name === "offline_access" || grant.scopes.some(({ scope }) => scope.name === name),
      ) &&
      (grant.declared ? Array.isArray(tools) && tools.every((tool) => grant.tools.includes(tool)) : tools === null),
  );
  return covering && oidc.provider.Grant.find(covering.id);
}

/** How the engine is set up, with these keys. */
export function engineConfiguration(ring: KeyRing): Configuration {
  const issuer = env().GATEHOUSE_URL;
  const cookie = { httpOnly: true, sameSite: "lax", secure: secureCookies(), signed: true } as const;
  return {
    adapter: adapterFor,
    jwks: { keys: ring.privateKeys as never },
    clientAuthMethods: [...AUTH_METHODS],
    clientDefaults: { id_token_signed_response_alg: SIGNING_ALGORITHM, response_types: ["code"] } as never,
    enabledJWA: { idTokenSigningAlgValues: [SIGNING_ALGORITHM] },
    extraClientMetadata: { properties: ["agent_id", "introduced_itself"] },
    // A token endpoint that wants no cookie may be asked from any page: the credentials are in the request itself.
    clientBasedCORS: () => true,
    cookies: {
      names: { session: "gatehouse-oauth", interaction: STARTED_COOKIE, resume: `${STARTED_COOKIE}-resume` },
      keys: allKeys("oauth-cookie").map(({ key }) => key.toString("base64url")),
      long: cookie,
      short: cookie,
    },
    scopes: ["openid", "offline_access"],
    claims: { openid: ["sub", "acr", "amr", "auth_time"] },
    acrValues: [...CLASSES],
    extraParams: { acr_values: refuseUnknownClasses },
    responseTypes: ["code"],
    pkce: { required: () => true },
    routes: OAUTH_ROUTES,
    ttl: TTL,
    // Keys of clients (`jwks_uri`) stand at addresses that anybody may name.
    fetch: guardedFetch,
    fetchResponseBodyLimits: { jwks_uri: 64 * 1024 },
    discovery: {
      registration_endpoint: `${issuer}${OWN_ROUTES.registration}`,
      introspection_endpoint: `${issuer}${OWN_ROUTES.introspection}`,
      introspection_endpoint_auth_methods_supported: ["client_secret_basic"],
      revocation_endpoint: `${issuer}${OWN_ROUTES.revocation}`,
      revocation_endpoint_auth_methods_supported: ["none", "client_secret_basic", "client_secret_post"],
      client_id_metadata_document_supported: true,
      authorization_grant_profiles_supported: GRANT_PROFILES,
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      dPoP: { enabled: true },
      deviceFlow,
      richAuthorizationRequests: {
        enabled: true,
        types: {
          [MCP_TOOLS]: {
            validate: requireTools,
          },
        },
        // What was asked for is what the person agreed to, or refused, as a whole; the grant keeps it.
        authorizationDetailsForGrantSource: (ctx: KoaContextWithOIDC) => {
          const tools = declaredTools(ctx.oidc.params?.authorization_details as string | undefined);
          return Array.isArray(tools) ? detailsOf(tools) : undefined;
        },
        authorizationDetailsForAccessToken: (_ctx: KoaContextWithOIDC, _token: unknown, source?: { rar?: unknown }) =>
          source?.rar,
      } as never,
      resourceIndicators: {
        enabled: true,
        defaultResource: async () => {
          const only = await soleResource();
          if (!only) throw new errors.InvalidTarget("say with resource which server the token is for");
          return only.resource;
        },
        useGrantedResource: () => true,
        getResourceServerInfo: async (ctx, indicator, client) => {
          const { params } = ctx.oidc;
          if (Array.isArray(params?.resource))
            throw new errors.InvalidTarget("a token is for one server: ask for each by itself");
          const server = await resourceOf(indicator);
          if (!server) throw new errors.InvalidTarget("there is no such server");
          const offered = server.scopes.map(({ name }) => name);
          const asked = typeof params?.scope === "string" ? params.scope.split(" ").filter(Boolean) : [];
          // Who names no scope of the server means the least: what only reads.
          if (params && OAUTH_START.has(ctx.oidc.route) && !asked.some((name) => offered.includes(name)))
            asked.push(...defaultScopes(server));
          // A client that cannot ask for more later asks for this at once (RFC 6749 §3.3 lets the server say what it will be).
          if (params && CONSENT_START.has(ctx.oidc.route))
            asked.push(...(await pregrantedScopes(agentOf(client as never).id, server.id)));
          if (params && OAUTH_START.has(ctx.oidc.route) && asked.length > 0)
            params.scope = [...new Set(asked)].join(" ");
          const dpop = server.requireDpop || client.dpopBoundAccessTokens === true;
          if (dpop && ctx.oidc.route === "token" && ctx.get("dpop") === "")
            throw new errors.InvalidRequest("this server's tokens are bound to a key: send a DPoP proof");
          return {
            audience: server.resource,
            scope: offered.join(" "),
            accessTokenFormat: server.accessTokenFormat,
            accessTokenTTL: server.accessTokenSeconds,
            jwt: { sign: { alg: SIGNING_ALGORITHM, kid: ring.signer } },
          };
        },
      },
    },
    interactions: { policy: policy(), url: (_ctx, interaction) => `${CONSENT_PATH}/${interaction.uid}` },
    findAccount: async (_ctx, personId) => {
      const person = await db().person.findUnique({ where: { id: personId }, select: { status: true } });
      return person?.status === "active" ? { accountId: personId, claims: () => ({ sub: personId }) } : undefined;
    },
    loadExistingGrant,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed("refresh_token"),
    expiresWithSession: () => false,
    extraTokenClaims: (ctx, token) => {
      const { grantId, actors } = token as Extra;
      const act = actClaim(actors ?? []);
      return {
        ...(grantId ? { grant: grantId } : {}),
        ...(act ? { act } : {}),
        ...signInClaims(ctx.oidc.entities as Record<string, unknown>, token as Extra),
      };
    },
    renderError,
  };
}

/** Where a flow begins at whose end a person is asked: there is added what an admin has said. */
const CONSENT_START: ReadonlySet<string> = new Set([
  "authorization",
  "pushed_authorization_request",
  "device_authorization",
]);

/** Where a flow begins: there a missing scope is filled in. */
const OAUTH_START: ReadonlySet<string> = new Set([...CONSENT_START, "token"]);
