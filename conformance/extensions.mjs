// MCP's authorization extensions at Gatehouse: what the suite has of them tests clients alone, so the client that passed there is
// registered here for each, and asks this authorization server.
import { exportPKCS8, exportJWK, generateKeyPair } from "jose";
import { APP } from "./identity-provider.mjs";

/**
 * Registers the client once for each extension that Gatehouse offers; what it is told of itself, by the suite's names. `holder` is
 * who owns the agents and the role that machines hold; `provider` is the identity provider that everybody signs in by.
 */
export async function registerExtensions(api, issuer, holder, provider) {
  const machine = async (name, client) => {
    const agent = { name, kind: "machine", ownerId: holder.personId, roleIds: [holder.roleId] };
    const { id } = await api("POST", "/agents", agent);
    return api("POST", `/agents/${id}/client`, client);
  };
  const secretOf = async ({ agentId }) => (await api("POST", `/agents/${agentId}/secrets`, {})).secret;

  const basic = await machine("By secret", { authMethod: "client_secret_basic" });
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: "one", alg: "ES256", use: "sig" }] };
  const byKey = await machine("By key", { authMethod: "private_key_jwt", jwks });

  await api("POST", "/trusted-issuers", { issuer: provider.issuer, jwksUri: provider.jwksUri });
  const { id } = await api("POST", "/agents", { name: "Company app", kind: "interactive", ownerId: holder.personId });
  const app = await api("POST", `/agents/${id}/client`, {
    authMethod: "client_secret_basic",
    redirectUris: ["https://app.example.com/callback"],
    extraGrants: ["jwt_bearer"],
  });

  return {
    "auth/client-credentials-basic": { issuer, client_id: basic.clientId, client_secret: await secretOf(basic) },
    "auth/client-credentials-jwt": {
      issuer,
      client_id: byKey.clientId,
      private_key_pem: await exportPKCS8(privateKey),
      signing_algorithm: "ES256",
    },
    "auth/enterprise-managed-authorization": {
      issuer,
      client_id: app.clientId,
      client_secret: await secretOf(app),
      idp_client_id: APP,
      idp_id_token: await provider.idTokenFor(app.clientId),
      idp_issuer: provider.issuer,
      idp_token_endpoint: provider.tokenEndpoint,
    },
  };
}
