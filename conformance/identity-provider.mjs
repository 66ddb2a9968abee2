// A company's identity provider for the conformance run: one person, who is signed in there already. Gatehouse has them sign in by it
// (OpenID Connect), and it turns their ID token into an assertion for a client (ID-JAG, by token exchange).
import { randomUUID } from "node:crypto";
import { createServer } from "node:https";
import { text } from "node:stream/consumers";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

const LIFE_SECONDS = 300;
const SUBJECT = "ada";
/** What Gatehouse, and the client that calls MCP servers, are called at the provider. */
export const RELYING_PARTY = "gatehouse";
export const APP = "app";

/** Starts it on loopback, as `localhost`, with a key and certificate for that name. `email` is its person's address. */
export async function startIdentityProvider({ key, cert }, email) {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "one", alg: "RS256", use: "sig" };
  const nonces = new Map();
  let appAtGatehouse = "";
  const server = createServer({ key, cert }, (request, response) => {
    const tell = ([status, body, headers = {}]) =>
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
    answer(request).then(tell, (error) => tell([500, { error: "server_error", error_description: String(error) }]));
  });
  await new Promise((listening) => server.listen(0, "localhost", listening));
  const issuer = `https://localhost:${server.address().port}`;

  const sign = (claims, audience, typ) =>
    new SignJWT({ sub: SUBJECT, ...claims })
      .setProtectedHeader({ alg: "RS256", kid: "one", typ })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(`${LIFE_SECONDS}s`)
      .setJti(randomUUID())
      .sign(privateKey);
  const idToken = (audience, nonce) =>
    sign(
      { email, email_verified: true, auth_time: Math.floor(Date.now() / 1000), ...(nonce && { nonce }) },
      audience,
      "JWT",
    );

  async function answer(request) {
    const url = new URL(request.url, issuer);
    const { searchParams: asked } = url;
    switch (url.pathname) {
      case "/.well-known/openid-configuration":
        return [200, metadata(issuer)];
      case "/jwks":
        return [200, { keys: [jwk] }];
      case "/authorize": {
        const code = randomUUID();
        nonces.set(code, asked.get("nonce"));
        const back = new URL(asked.get("redirect_uri"));
        back.search = new URLSearchParams({ code, state: asked.get("state") ?? "", iss: issuer }).toString();
        return [302, {}, { location: back.href }];
      }
      case "/token":
        return token(new URLSearchParams(await text(request)));
      default:
        return [404, {}];
    }
  }

  async function token(form) {
    const expires_in = LIFE_SECONDS;
    if (form.get("grant_type") === "authorization_code") {
      const id_token = await idToken(RELYING_PARTY, nonces.get(form.get("code")));
      return [200, { access_token: randomUUID(), token_type: "Bearer", expires_in, id_token }];
    }
    const claims = { client_id: appAtGatehouse, resource: form.get("resource") };
    const access_token = await sign(claims, form.get("audience"), "oauth-id-jag+jwt");
    return [
      200,
      { access_token, issued_token_type: "urn:ietf:params:oauth:token-type:id-jag", token_type: "N_A", expires_in },
    ];
  }

  return {
    issuer,
    jwksUri: `${issuer}/jwks`,
    tokenEndpoint: `${issuer}/token`,
    /** The ID token that the app has of its person. It must know what the app is called at Gatehouse. */
    idTokenFor: (clientId) => ((appAtGatehouse = clientId), idToken(APP)),
    close: () => new Promise((closed) => (server.close(closed), server.closeAllConnections())),
  };
}

const metadata = (issuer) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
  response_types_supported: ["code"],
  subject_types_supported: ["public"],
  id_token_signing_alg_values_supported: ["RS256"],
  code_challenge_methods_supported: ["S256"],
});
