import * as oauth from "oauth4webapi";
import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { useTestDatabase } from "@/lib/testing/database";
import { CALLBACK, makeClient } from "./testing/client";
import { answered, useCompany } from "./testing/company";
import { useListener } from "./testing/listener";

// The whole of it with a client library that knows nothing of ours (oauth4webapi), which checks each answer as the RFCs say.
useTestDatabase();
const { reach, issuer } = useListener();
const { company, validate } = useCompany(reach, issuer);
const http = { [oauth.allowInsecureRequests]: true } as const;
type Made = Awaited<ReturnType<typeof makeClient>>;

let as: oauth.AuthorizationServer;
beforeAll(async () => {
  const url = new URL(issuer());
  as = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, { ...http, algorithm: "oauth2" }));
});

const clientOf = ({ clientId }: { clientId: string }): oauth.Client => ({ client_id: clientId });
const asked = async (client: oauth.Client) => {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const params = {
    client_id: client.client_id,
    response_type: "code",
    redirect_uri: CALLBACK,
    scope: "tickets:read",
    resource: company().server.resource,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  };
  return { params, verifier, state };
};
const authorizeWith = (params: Record<string, string>): string => {
  const url = new URL(as.authorization_endpoint ?? "");
  url.search = new URLSearchParams(params).toString();
  return url.href;
};

/** The person allows it; the answer, checked. */
async function come(client: oauth.Client, url: string, state: string): Promise<URLSearchParams> {
  const { browser } = company();
  return oauth.validateAuthResponse(as, client, await browser.allow(await browser.open(url), ["tickets:read"]), state);
}

it("finds the server by either kind of discovery", async () => {
  const url = new URL(issuer());
  for (const algorithm of ["oauth2", "oidc"] as const) {
    const found = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, { ...http, algorithm }));
    expect(found.token_endpoint).toBe(`${issuer()}/oauth/token`);
  }
});

it("registers itself, and comes by code and PKCE to tokens that it refreshes", async () => {
  const client = await oauth.processDynamicClientRegistrationResponse(
    await oauth.dynamicClientRegistrationRequest(
      as,
      { client_name: "Independent", redirect_uris: [CALLBACK], token_endpoint_auth_method: "none" },
      http,
    ),
  );
  const { params, verifier, state } = await asked(client);
  const callback = await come(client, authorizeWith(params), state);
  const answer = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    oauth.None(),
    callback,
    CALLBACK,
    verifier,
    http,
  );
  const first = await oauth.processAuthorizationCodeResponse(as, client, answer);
  expect(await validate(first.access_token, "list_tickets")).toMatchObject({ decision: "allow" });
  const next = await oauth.processRefreshTokenResponse(
    as,
    client,
    await oauth.refreshTokenGrantRequest(as, client, oauth.None(), first.refresh_token ?? "", http),
  );
  expect(next.refresh_token).not.toBe(first.refresh_token);
  expect(await validate(next.access_token, "list_tickets")).toMatchObject({ decision: "allow" });
});

it("pushes its request first (RFC 9126), which is good once", async () => {
  const made = await makeClient({ authMethod: "client_secret_basic" });
  const client = clientOf(made);
  const { params, verifier, state } = await asked(client);
  const shown = oauth.ClientSecretBasic(made.secret ?? "");
  const { request_uri } = await oauth.processPushedAuthorizationResponse(
    as,
    client,
    await oauth.pushedAuthorizationRequest(as, client, shown, params, http),
  );
  const url = authorizeWith({ client_id: client.client_id, request_uri });
  const callback = await come(client, url, state);
  const answer = await oauth.authorizationCodeGrantRequest(as, client, shown, callback, CALLBACK, verifier, http);
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, answer);
  expect(await validate(tokens.access_token, "list_tickets")).toMatchObject({ decision: "allow" });
  const again = await company().browser.get(url);
  expect(answered(again)).toMatchObject({ error: "invalid_request_uri" });
});

it("pushes the tools that it will use (RFC 9396), and gets those alone", async () => {
  const made = await makeClient({ authMethod: "client_secret_post" });
  const client = clientOf(made);
  const { params, verifier, state } = await asked(client);
  const shown = oauth.ClientSecretPost(made.secret ?? "");
  const authorization_details = JSON.stringify([{ type: "mcp_tools", tools: ["close_ticket"] }]);
  const { request_uri } = await oauth.processPushedAuthorizationResponse(
    as,
    client,
    await oauth.pushedAuthorizationRequest(as, client, shown, { ...params, authorization_details }, http),
  );
  const callback = await come(client, authorizeWith({ client_id: client.client_id, request_uri }), state);
  const answer = await oauth.authorizationCodeGrantRequest(as, client, shown, callback, CALLBACK, verifier, http);
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, answer);
  expect(tokens.authorization_details).toMatchObject([{ type: "mcp_tools", tools: ["close_ticket"] }]);
  expect(await validate(tokens.access_token, "list_tickets")).toMatchObject({ decision: "deny" });
});

it("binds its tokens to a key (RFC 9449), and refreshes them with that key alone", async () => {
  const client = clientOf(await makeClient());
  const handle = oauth.DPoP(client, await oauth.generateKeyPair("ES256"));
  const { params, verifier, state } = await asked(client);
  const callback = await come(client, authorizeWith(params), state);
  const bound = { ...http, DPoP: handle };
  const answer = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    oauth.None(),
    callback,
    CALLBACK,
    verifier,
    bound,
  );
  const first = await oauth.processAuthorizationCodeResponse(as, client, answer);
  expect(first.token_type).toBe("dpop");
  const refresh = async (options: object) =>
    oauth.processRefreshTokenResponse(
      as,
      client,
      await oauth.refreshTokenGrantRequest(as, client, oauth.None(), first.refresh_token ?? "", {
        ...http,
        ...options,
      }),
    );
  await expect(refresh({})).rejects.toMatchObject({ error: "invalid_grant" });
  const thief = oauth.DPoP(client, await oauth.generateKeyPair("ES256"));
  await expect(refresh({ DPoP: thief })).rejects.toMatchObject({ error: "invalid_grant" });
  expect((await refresh({ DPoP: handle })).token_type).toBe("dpop");
});

describe("a machine", () => {
  const holding = async (machine: Made) => {
    await db().agentRole.create({ data: { agentId: machine.agentId, roleId: company().role.id, assignedBy: "test" } });
    return machine;
  };
  const credentials = async (machine: Made, shown: oauth.ClientAuth) => {
    const client = clientOf(machine);
    const params = { resource: company().server.resource, scope: "tickets:read" };
    const answer = await oauth.clientCredentialsGrantRequest(as, client, shown, params, http);
    return oauth.processClientCredentialsResponse(as, client, answer);
  };

  it.each(["client_secret_basic", "client_secret_post"] as const)("gets its own token with %s", async (authMethod) => {
    const machine = await holding(await makeClient({ kind: "machine", authMethod }));
    const show = authMethod === "client_secret_basic" ? oauth.ClientSecretBasic : oauth.ClientSecretPost;
    const { access_token } = await credentials(machine, show(machine.secret ?? ""));
    expect(await validate(access_token, "list_tickets")).toMatchObject({ decision: "allow", person: null });
    await expect(credentials(machine, show("wrong"))).rejects.toMatchObject({ status: 401 });
  });

  it.each(["ES256", "RS256", "PS256", "Ed25519"])("gets its own token with private_key_jwt (%s)", async (alg) => {
    const { privateKey, publicKey } = await oauth.generateKeyPair(alg, { extractable: true });
    const jwk = await crypto.subtle.exportKey("jwk", publicKey);
    const jwks = { keys: [{ ...jwk, key_ops: undefined, ext: undefined, kid: "k1", use: "sig", alg }] };
    const machine = await holding(await makeClient({ kind: "machine", authMethod: "private_key_jwt", jwks }));
    const { access_token } = await credentials(machine, oauth.PrivateKeyJwt({ key: privateKey, kid: "k1" }));
    expect(await validate(access_token, "list_tickets")).toMatchObject({ decision: "allow" });
    const other = await oauth.generateKeyPair(alg);
    await expect(credentials(machine, oauth.PrivateKeyJwt({ key: other.privateKey, kid: "k1" }))).rejects.toMatchObject(
      {
        status: 401,
      },
    );
  });

  it("shows the same assertion twice in vain", async () => {
    const { privateKey, publicKey } = await oauth.generateKeyPair("ES256", { extractable: true });
    const jwk = await crypto.subtle.exportKey("jwk", publicKey);
    const jwks = { keys: [{ ...jwk, key_ops: undefined, ext: undefined, kid: "k1" }] };
    const machine = await holding(await makeClient({ kind: "machine", authMethod: "private_key_jwt", jwks }));
    const jti = crypto.randomUUID();
    const shown = oauth.PrivateKeyJwt(
      { key: privateKey, kid: "k1" },
      { [oauth.modifyAssertion]: (_header, payload) => void (payload.jti = jti) },
    );
    await credentials(machine, shown);
    await expect(credentials(machine, shown)).rejects.toMatchObject({ status: 401 });
  });
});
