import type { OauthClientDto } from "@/lib/oauth/client-schema";

/** Client-safe: what an agent is as an OAuth client, in words. */

const AUTH_METHOD_WORDS: Record<OauthClientDto["authMethod"], { label: string; description: string }> = {
  none: { label: "Not at all", description: "A public client: a program on a person's machine keeps no secret." },
  client_secret_basic: { label: "Client secret, in the header", description: "client_secret_basic" },
  client_secret_post: { label: "Client secret, in the body", description: "client_secret_post" },
  private_key_jwt: { label: "Signed with its own key", description: "private_key_jwt: no secret ever leaves it." },
};

/** How it proves who it is. */
export const authMethodWords = (method: OauthClientDto["authMethod"]) => AUTH_METHOD_WORDS[method];

/** True where it proves who it is with a secret. */
export const usesSecret = (method: OauthClientDto["authMethod"]) => method.startsWith("client_secret");

const GRANT_TYPE_WORDS: Record<string, string> = {
  authorization_code: "sign-in in a browser",
  refresh_token: "refresh tokens",
  client_credentials: "in its own name",
  "urn:ietf:params:oauth:grant-type:device_code": "sign-in on another device",
  "urn:ietf:params:oauth:grant-type:token-exchange": "token exchange",
};

/** How it gets tokens; one that is not known here is told by its own name. */
export const grantTypeWords = (type: string) => GRANT_TYPE_WORDS[type] ?? type;
