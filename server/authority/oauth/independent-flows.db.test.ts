import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import * as oauth from "oauth4webapi";
import { afterAll, beforeAll, expect, it } from "vitest";
import { db } from "@/lib/db";
import { newId } from "@/lib/id";
import { useTestDatabase } from "@/lib/testing/database";
import { makeClient } from "./testing/client";
import { useCompany } from "./testing/company";
import { makeConnection } from "./testing/connection";
import { confirmCode } from "./testing/device";
import { useListener } from "./testing/listener";

// As in independent-client.db.test.ts: what is asked and what is checked is oauth4webapi's. Here the flows without a redirect.
useTestDatabase();
const { reach, issuer } = useListener();
const { company, validate } = useCompany(reach, issuer);
const http = { [oauth.allowInsecureRequests]: true } as const;

const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const DEVICE = "urn:ietf:params:oauth:grant-type:device_code";
const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

let as: oauth.AuthorizationServer;
beforeAll(async () => {
  const url = new URL(issuer());
  as = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, { ...http, algorithm: "oauth2" }));
});

const clientOf = ({ clientId }: { clientId: string }): oauth.Client => ({ client_id: clientId });

type Made = Awaited<ReturnType<typeof makeClient>>;

/** One request of a grant that the library has no words of its own for; the answer, checked. */
async function ask(made: Made, grantType: string, params: Record<string, string>) {
  const client = clientOf(made);
  const shown = oauth.ClientSecretBasic(made.secret ?? "");
  const answer = await oauth.genericTokenEndpointRequest(as, client, shown, grantType, params, http);
  return oauth.processGenericTokenEndpointResponse(as, client, answer);
}

it("lets a device in whose code its person has typed (RFC 8628)", async () => {
  const made = await makeClient({ redirectUris: [], grantTypes: ["refresh_token", DEVICE] });
  const client = clientOf(made);
  const params = { resource: company().server.resource, scope: "tickets:read" };
  const begun = await oauth.processDeviceAuthorizationResponse(
    as,
    client,
    await oauth.deviceAuthorizationRequest(as, client, oauth.None(), params, http),
  );
  const poll = async () =>
    oauth.processDeviceCodeResponse(
      as,
      client,
      await oauth.deviceCodeGrantRequest(as, client, oauth.None(), begun.device_code, http),
    );
  await expect(poll()).rejects.toMatchObject({ error: "authorization_pending" });
  const { browser } = company();
  await browser.allowHere(await confirmCode(browser, begun.user_code), ["tickets:read"]);
  await new Promise((later) => setTimeout(later, 1_000 * (begun.interval ?? 5)));
  const { access_token } = await poll();
  expect(await validate(access_token, "list_tickets")).toMatchObject({ decision: "allow" });
}, 30_000);

it("exchanges a token for one that may do less (RFC 8693), and for none that may do more", async () => {
  const worker = await makeClient({ kind: "machine", authMethod: "client_secret_basic", grantTypes: [EXCHANGE] });
  const { accessToken } = await makeConnection(issuer(), company(), undefined, ["tickets:read"]);
  const subject = { subject_token: accessToken, subject_token_type: ACCESS_TOKEN };
  const less = await ask(worker, EXCHANGE, { ...subject, scope: "tickets:read" });
  expect(less.issued_token_type).toBe(ACCESS_TOKEN);
  expect(await validate(less.access_token, "list_tickets")).toMatchObject({ decision: "allow" });
  await expect(ask(worker, EXCHANGE, { ...subject, scope: "tickets:write" })).rejects.toMatchObject({
    error: "invalid_scope",
  });
});

it("asks about a token (RFC 7662), and ends it (RFC 7009)", async () => {
  const server = clientOf({ clientId: company().server.id });
  const key = oauth.ClientSecretBasic(company().key.secret);
  const { client: made, accessToken } = await makeConnection(issuer(), company());
  const state = async () =>
    oauth.processIntrospectionResponse(
      as,
      server,
      await oauth.introspectionRequest(as, server, key, accessToken, http),
    );
  expect(await state()).toMatchObject({ active: true, client_id: made.clientId, aud: company().server.resource });
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(as, clientOf(made), oauth.None(), accessToken, http),
  );
  expect(await state()).toEqual({ active: false });
});

let provider: Server;
afterAll(() => provider.close());

it("comes in by the word of a trusted identity provider (ID-JAG), and by nobody else's", async () => {
  const key = await generateKeyPair("ES256", { extractable: true });
  const stranger = await generateKeyPair("ES256", { extractable: true });
  const keys = [{ ...(await exportJWK(key.publicKey)), kid: "k1", alg: "ES256" }];
  provider = createServer((_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ keys }));
  });
  await new Promise<void>((listening) => provider.listen(0, "127.0.0.1", listening));
  const jwksUri = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/jwks.json`;
  const iss = "https://independent-idp.example";
  await db().trustedIssuer.create({ data: { issuer: iss, jwksUri, createdBy: "test" } });
  const { person, server } = company();
  await db().personIdentity.create({
    data: { id: newId("identity"), personId: person.id, issuer: iss, subject: "ada" },
  });
  const agent = await makeClient({ authMethod: "client_secret_basic", grantTypes: ["authorization_code", JWT_BEARER] });
  const assertionBy = ({ privateKey }: typeof key) =>
    new SignJWT({ client_id: agent.clientId, resource: server.resource, scope: "tickets:read" })
      .setProtectedHeader({ alg: "ES256", typ: "oauth-id-jag+jwt", kid: "k1" })
      .setIssuer(iss)
      .setSubject("ada")
      .setAudience(issuer())
      .setJti(newId("request"))
      .setIssuedAt()
      .setExpirationTime("5m")
      .sign(privateKey);
  const { access_token } = await ask(agent, JWT_BEARER, { assertion: await assertionBy(key) });
  expect(await validate(access_token, "list_tickets")).toMatchObject({ decision: "allow", person: { id: person.id } });
  await expect(ask(agent, JWT_BEARER, { assertion: await assertionBy(stranger) })).rejects.toMatchObject({
    error: "invalid_grant",
  });
});
