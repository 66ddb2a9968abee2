// oidc-provider's token endpoint as it is: in-memory storage (its default adapter), JWT access tokens signed with ES256, rotating
// refresh tokens. Nothing outlives the process, and nothing is recorded: this peer does far less per call than Gatehouse.
import { Provider } from "oidc-provider";
import { generateKeyPairSync } from "node:crypto";
import { handOver, listen, settings } from "./serve.mjs";

const RESOURCE = "https://tickets.example.com/mcp";
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

const provider = new Provider("http://localhost", {
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "ES256", use: "sig" }] },
  clients: [
    {
      client_id: "machine",
      client_secret: "a-secret-for-measurements-alone",
      grant_types: ["client_credentials"],
      response_types: [],
      redirect_uris: [],
      id_token_signed_response_alg: "ES256",
    },
    {
      client_id: "app",
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      redirect_uris: ["https://tickets.example.com/callback"],
      id_token_signed_response_alg: "ES256",
    },
  ],
  enabledJWA: { idTokenSigningAlgValues: ["ES256"] },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: "tickets:read",
        audience: RESOURCE,
        accessTokenFormat: "jwt",
        accessTokenTTL: 900,
        jwt: { sign: { alg: "ES256" } },
      }),
    },
  },
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  rotateRefreshToken: true,
  ttl: { RefreshToken: 86_400, Grant: 86_400, AccessToken: 900, ClientCredentials: 900 },
});

const client = await provider.Client.find("app");
const tokens = [];
for (let nth = 0; nth < settings.tokenCount; nth++) {
  const accountId = `person-${nth}`;
  const grant = new provider.Grant({ accountId, clientId: client.clientId });
  grant.addResourceScope(RESOURCE, "tickets:read");
  const grantId = await grant.save(86_400);
  const token = new provider.RefreshToken({
    accountId,
    client,
    grantId,
    gty: "authorization_code",
    scope: "tickets:read",
    resource: RESOURCE,
  });
  tokens.push(await token.save());
}
handOver(tokens);
await listen(provider.callback());
