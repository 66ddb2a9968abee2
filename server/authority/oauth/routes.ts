/** Where the OAuth endpoints are; the metadata (RFC 8414) tells clients. */
export const OAUTH_ROUTES = {
  authorization: "/oauth/authorize",
  token: "/oauth/token",
  jwks: "/oauth/jwks",
  pushed_authorization_request: "/oauth/par",
  device_authorization: "/oauth/device_authorization",
  code_verification: "/device",
  end_session: "/oauth/end_session",
} as const;

/** Ours alone: the engine knows nothing of them. */
export const OWN_ROUTES = {
  introspection: "/oauth/introspect",
  revocation: "/oauth/revoke",
  registration: "/oauth/register",
} as const;

/** Both places where clients look for the metadata. */
export const METADATA_PATHS = ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"] as const;

/** The console's page where a person answers a request. */
export const CONSENT_PATH = "/connect";
