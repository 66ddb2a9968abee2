import { EXTRA_GRANTS, EXTRA_GRANT_TYPES, type ExtraGrant, type OauthClientDto } from "@/lib/oauth/client-schema";

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
};

/** How it gets tokens; one that is not known here is told by its own name. */
export const grantTypeWords = (type: string) => GRANT_TYPE_WORDS[type] ?? type;

const EXTRA_GRANT_WORDS: Record<ExtraGrant, { label: string; description: string }> = {
  device_code: {
    label: "Sign-in for a device without a browser",
    description:
      "Device code: it shows a code, which its person types in here. Who talks somebody into typing a foreign code gets their access.",
  },
  token_exchange: {
    label: "Acting through another agent",
    description:
      "Token exchange: hands on what a person let it do, never more and never longer. Both agents stand in the token and the log.",
  },
  jwt_bearer: {
    label: "Access by the company's identity provider",
    description:
      "JWT bearer (ID-JAG): a trusted provider's word gets it a person's access, and the person is not asked. Which are trusted stands in the settings.",
  },
};

/** What each way to tokens means that an agent has only where an admin says so. */
export const extraGrantWords = (grant: ExtraGrant) => EXTRA_GRANT_WORDS[grant];

/** Which of those a client has. */
export const extraGrantsOf = (client: Pick<OauthClientDto, "grantTypes"> | null): ExtraGrant[] =>
  EXTRA_GRANTS.filter((grant) => client?.grantTypes.includes(EXTRA_GRANT_TYPES[grant]));

/** The other ways to tokens of a client, those that its kind has. */
export const usualGrantsOf = ({ grantTypes }: OauthClientDto): string[] => {
  const extra: readonly string[] = Object.values(EXTRA_GRANT_TYPES);
  return grantTypes.filter((type) => !extra.includes(type));
};
