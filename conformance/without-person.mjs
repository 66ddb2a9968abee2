// How the conformance client gets access where no person is asked: the ways of MCP's authorization extensions, as the official SDK has them.
import {
  ClientCredentialsProvider,
  CrossAppAccessProvider,
  PrivateKeyJwtProvider,
  requestJwtAuthorizationGrant,
} from "@modelcontextprotocol/client";

const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/** Enterprise-managed authorization: the identity provider turns the person's ID token into an assertion (ID-JAG) for the server. */
const crossApp = ({ issuer, client_id, client_secret, ...idp }) =>
  new CrossAppAccessProvider({
    clientId: client_id,
    clientSecret: client_secret,
    expectedIssuer: issuer,
    assertion: async ({ authorizationServerUrl, resourceUrl, scope, fetchFn }) => {
      const { jwtAuthGrant } = await requestJwtAuthorizationGrant({
        tokenEndpoint: idp.idp_token_endpoint,
        audience: authorizationServerUrl,
        resource: resourceUrl,
        idToken: idp.idp_id_token,
        clientId: idp.idp_client_id,
        scope,
        fetchFn,
      });
      return jwtAuthGrant;
    },
  });

/** Workload identity: what the platform says of the program is itself the assertion. The SDK has no provider for it. */
function workload({ client_id, valid_jwt }) {
  let kept;
  return {
    redirectUrl: undefined,
    clientMetadata: { redirect_uris: [], grant_types: [JWT_BEARER], token_endpoint_auth_method: "none" },
    clientInformation: () => ({ client_id }),
    tokens: () => kept,
    saveTokens: (tokens) => void (kept = tokens),
    redirectToAuthorization: () => Promise.reject(new Error("A workload has no browser")),
    saveCodeVerifier: () => {},
    codeVerifier: () => "",
    prepareTokenRequest: (scope) =>
      new URLSearchParams({ grant_type: JWT_BEARER, assertion: valid_jwt, ...(scope && { scope }) }),
  };
}

const WAYS = {
  "auth/client-credentials-basic": ({ issuer, client_id, client_secret }) =>
    new ClientCredentialsProvider({ clientId: client_id, clientSecret: client_secret, expectedIssuer: issuer }),
  "auth/client-credentials-jwt": ({ issuer, client_id, private_key_pem, signing_algorithm }) =>
    new PrivateKeyJwtProvider({
      clientId: client_id,
      privateKey: private_key_pem,
      algorithm: signing_algorithm ?? "ES256",
      expectedIssuer: issuer,
    }),
  "auth/enterprise-managed-authorization": crossApp,
  "auth/wif-jwt-bearer": workload,
};

/**
 * The SDK's provider for a scenario of the suite that knows no person; undefined for every other. The context is the suite's; its
 * `issuer`, which the suite leaves out, is the only authorization server that may be shown the credentials.
 */
export function providerWithoutPerson(scenario, context) {
  return WAYS[scenario]?.(context);
}
