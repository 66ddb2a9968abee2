import { decodeJwt } from "jose";
import { createHash } from "node:crypto";
import { db } from "@/lib/db";
import { newId } from "@/lib/id";
import { decideApproval, endApproval } from "@/lib/oauth/approvals";
import type { SettledMetadata } from "@/lib/oauth/client-metadata";
import { setOneClientSchema } from "@/lib/oauth/client-schema";
import { askApproval } from "@/lib/oauth/consent";
import { endAccessToken } from "@/lib/oauth/end-token";
import { grantByAssertion } from "@/lib/oauth/grant-by-assertion";
import { STARTED_COOKIE } from "@/lib/oauth/interaction";
import { narrowGrant } from "@/lib/oauth/narrow-grant";
import { reapOAuth } from "@/lib/oauth/reap";
import { revokeGrant } from "@/lib/oauth/revoke-grant";
import { keepDocument } from "@/lib/oauth/self-registration";
import { issueSecret, revokeSecret, setClient } from "@/lib/oauth/set-client";
import { setIdleTimeout } from "@/lib/oauth/set-idle-timeout";
import { setPregranted } from "@/lib/oauth/set-pregranted";
import { removeTrustedIssuer, setTrustedIssuer } from "@/lib/oauth/trusted-issuers";
import { agentPermissions } from "@/lib/authz/permissions";
import { anonymousCtx, ctxOf, personCtx, systemCtx } from "@/lib/testing/ctx";
import { makeAgent, makePerson } from "@/lib/testing/make";
import { askToken, authorizeUrl, CALLBACK, makeClient, pkce } from "../authority/oauth/testing/client";
import { makeCompany } from "../authority/oauth/testing/company";
import { basicOf, makeConnection } from "../authority/oauth/testing/connection";
import type { Reach } from "../authority/oauth/testing/listener";

const admin = systemCtx();
const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
const ISSUER = "https://idp.example.com";

/** How admins make agents clients, and whom they trust. */
export async function tourClients(): Promise<void> {
  const owner = await makePerson();
  const { id: agentId } = await makeAgent(owner.id, { name: "Nightly import" });
  await setClient(admin, setOneClientSchema.parse({ agentId, authMethod: "client_secret_basic" }));
  const secret = await issueSecret(admin, { agentId });
  await revokeSecret(admin, { agentId, secretId: secret.id, reason: "was in a ticket" });
  await setIdleTimeout(admin, { agentId, idleTimeoutSeconds: 86_400 });
  await setTrustedIssuer(admin, { issuer: ISSUER, jwksUri: `${ISSUER}/jwks`, enabled: true });
  await removeTrustedIssuer(admin, { issuer: ISSUER });
}

/** A consent, what agents do with it, and how it ends. */
export async function tourConsent(reach: Reach, issuer: string): Promise<void> {
  const its = await makeCompany(reach);
  const desk = await makeClient({ name: "Desk assistant" });
  await setPregranted(admin, { agentId: desk.agentId, serverId: its.server.id, scopes: ["tickets:write"] });
  const { accessToken, refreshToken } = await makeConnection(issuer, its, desk);
  const refreshed = { grant_type: "refresh_token", client_id: desk.clientId, refresh_token: refreshToken };
  await askToken(reach, refreshed);
  const worker = await makeClient({ name: "Worker", kind: "machine", authMethod: "client_secret_basic", grantTypes: ["client_credentials", EXCHANGE] }); // prettier-ignore
  const asked = { grant_type: EXCHANGE, subject_token: accessToken, subject_token_type: ACCESS_TOKEN };
  await askToken(reach, asked, basicOf(worker));
  const { jti, grant } = decodeJwt<{ grant: string }>(accessToken);
  await endAccessToken(admin, { id: String(jti), reason: "seen in a log" });
  await narrowGrant(admin, { id: grant, removeScopes: ["tickets:write"] });
  await revokeGrant(admin, { id: grant, reason: "left the team", urgent: false });
  const uid = await its.browser.open(consentUrl(issuer, desk, its.server.resource));
  await its.browser.refuse(uid);
  await tourReuse(reach, issuer, its);
  await tourAssertion(its);
}

const consentUrl = (issuer: string, client: { clientId: string }, resource: string): string =>
  authorizeUrl(issuer, {
    client_id: client.clientId,
    redirect_uri: CALLBACK,
    code_challenge: pkce().challenge,
    resource,
    scope: "tickets:read tickets:write",
  });

type Company = Awaited<ReturnType<typeof makeCompany>>;

/** A refresh token that was exchanged long before comes back. */
async function tourReuse(reach: Reach, issuer: string, its: Company): Promise<void> {
  const { client, refreshToken } = await makeConnection(issuer, its);
  const again = { grant_type: "refresh_token", client_id: client.clientId, refresh_token: refreshToken };
  await askToken(reach, again);
  await db().refreshToken.updateMany({
    where: { rotatedAt: { not: null } },
    data: { rotatedAt: new Date(Date.now() - 600_000) },
  });
  await askToken(reach, again);
}

/** What a trusted identity provider's word gives. */
async function tourAssertion(its: Company): Promise<void> {
  const client = await makeClient({ authMethod: "client_secret_basic" });
  const agent = {
    agentId: client.agentId,
    name: client.name,
    personId: its.person.id,
    permissions: agentPermissions(),
  };
  const token = {
    ...{ id: newId("accessToken"), agentId: client.agentId, personId: its.person.id, serverId: its.server.id },
    ...{ grantId: newId("grant"), parentId: null, scopes: ["tickets:read"], tools: null, actors: [], jkt: null },
    ...{ format: "jwt" as const, value: "an-id-jag", authTimeSeconds: null, acr: null },
    ...{ issuedAtSeconds: Date.now() / 1000, expiresAtSeconds: Date.now() / 1000 + 300 },
    grantType: "urn:ietf:params:oauth:grant-type:jwt-bearer",
  };
  await grantByAssertion(ctxOf({ kind: "agent", ...agent }), { token, issuer: ISSUER });
}

/** What a person asks the admins for. */
export async function tourApproval(reach: Reach, issuer: string): Promise<void> {
  const its = await makeCompany(reach);
  await db().scope.update({ where: { id: its.server.scopes.write.id }, data: { needsApproval: true } });
  const decider = personCtx(await makePerson({ name: "Olivia Park", consoleRole: "admin" }));
  const uid = await its.browser.open(consentUrl(issuer, await makeClient(), its.server.resource));
  const started = { uid, startedHere: its.browser.cookie(STARTED_COOKIE) };
  const { id } = await askApproval(its.browser.ctx, { ...started, reason: "For the migration." });
  await decideApproval(decider, { approvalId: id, decision: "approve" });
  await endApproval(admin, { approvalId: id });
}

/** Clients that introduce themselves, and are forgotten. */
export async function tourStrangers(reach: Reach): Promise<void> {
  await db().instance.update({ where: { id: 1 }, data: { registration: "open", documents: "open" } });
  await reach("/oauth/register", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_name: "Passer-by", redirect_uris: ["http://127.0.0.1/cb"] }),
  });
  const clientId = "https://client.example/client.json";
  const metadata: SettledMetadata = {
    ...{ name: "Example client", authMethod: "none", applicationType: "native", redirectUris: [CALLBACK] },
    ...{ grantTypes: ["authorization_code"], jwks: null, jwksUri: null, clientUri: null },
  };
  const document = { clientId, hash: createHash("sha256").update("a").digest(), freshUntil: new Date(Date.now() + 60_000) }; // prettier-ignore
  await keepDocument(anonymousCtx(), { ...document, metadata });
  await keepDocument(anonymousCtx(), { ...document, hash: createHash("sha256").update("b").digest(), metadata: { ...metadata, name: "Example, renamed" } }); // prettier-ignore
  await db().oauthClient.updateMany({ where: { clientId }, data: { documentReadAt: new Date(0) } });
  await db().agent.updateMany({ where: { ownerId: null }, data: { createdAt: new Date(Date.now() - 400 * 86_400_000) } }); // prettier-ignore
  await reapOAuth(admin, undefined);
}
