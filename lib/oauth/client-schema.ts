import { z } from "zod";
import { idField, instantField, lineField, scopeNameField } from "@/lib/fields";

/** Client-safe: what an agent is as an OAuth client, as admins see and change it. */

/** How a client shows who it is at the token endpoint (RFC 7591 §2). */
export const AUTH_METHODS = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"] as const;
export type ClientAuthMethod = (typeof AUTH_METHODS)[number];

/** Ways to tokens that no agent has unless an admin says so. */
export const EXTRA_GRANTS = ["token_exchange", "device_code", "jwt_bearer"] as const;
export type ExtraGrant = (typeof EXTRA_GRANTS)[number];

/** How each is called in requests (RFC 8693 §2.1, RFC 8628 §3.4, RFC 7523 §2.1), and among a client's `grantTypes`. */
export const EXTRA_GRANT_TYPES = {
  token_exchange: "urn:ietf:params:oauth:grant-type:token-exchange",
  device_code: "urn:ietf:params:oauth:grant-type:device_code",
  jwt_bearer: "urn:ietf:params:oauth:grant-type:jwt-bearer",
} as const satisfies Record<ExtraGrant, string>;

/** Those for which an agent must prove who it is: its name stands in the tokens, or nobody is asked. */
export const PROVED_GRANTS: readonly ExtraGrant[] = ["token_exchange", "jwt_bearer"];

const redirectUriField = z
  .string()
  .trim()
  .min(1, "must not be empty")
  .max(2000)
  .refine((text) => URL.canParse(text), "is not an address");

/** What only who signs may have (RFC 7518 §6): of a shared secret, of an elliptic curve, of RSA. */
const PRIVATE_PARTS = ["k", "d", "p", "q", "dp", "dq", "qi", "oth"] as const;

/** A JWK Set (RFC 7517) of public keys. One with anything private in it is refused: it is kept, shown and written to the log. */
export const publicKeysField = z.looseObject({
  keys: z
    .array(
      z
        .looseObject({ kty: z.string() })
        .refine((key) => key.kty !== "oct" && !PRIVATE_PARTS.some((part) => part in key), "must be a public key"),
    )
    .min(1)
    .max(20),
});

/** Access that a person gave ends where the agent has made no allowed call for so long; null: as the policy says. */
const idleTimeoutField = z.number().int().min(300).max(31_536_000).nullable();

export const setClientSchema = z.strictObject({
  authMethod: z.enum(AUTH_METHODS),
  /** Where the browser goes on to; of an interactive agent alone. The port of a loopback address does not matter. */
  redirectUris: z.array(redirectUriField).max(50).default([]),
  /** Public keys for `private_key_jwt`: a JWK Set, or where it stands. */
  jwks: publicKeysField.nullish(),
  jwksUri: z.url({ protocol: /^https$/, error: "must be an https address" }).nullish(),
  /** Its tokens must be bound to a key that it proves to hold (DPoP). */
  requireDpop: z.boolean().default(false),
  /** What it may ask for tokens by, beyond what its kind does; as it was where left out. */
  extraGrants: z.array(z.enum(EXTRA_GRANTS)).max(10).optional(),
  /** As the policy says where left out. */
  idleTimeoutSeconds: idleTimeoutField.optional(),
});
export const setOneClientSchema = setClientSchema.extend({ agentId: idField });
export type SetClientInput = z.infer<typeof setOneClientSchema>;

export const setIdleTimeoutSchema = z.strictObject({ idleTimeoutSeconds: idleTimeoutField });
export const setOneIdleTimeoutSchema = setIdleTimeoutSchema.extend({ agentId: idField });
export type SetIdleTimeoutInput = z.infer<typeof setOneIdleTimeoutSchema>;

export const setPregrantedSchema = z.strictObject({
  serverId: idField,
  /** The names of its scopes that are added to whatever the agent asks of it; none takes all of them back. */
  scopes: z.array(scopeNameField).max(200),
});
export const setOnePregrantedSchema = setPregrantedSchema.extend({ agentId: idField });
export type SetPregrantedInput = z.infer<typeof setOnePregrantedSchema>;

export const issueSecretSchema = z.strictObject({ expiresAt: instantField.optional() });
export const issueOneSecretSchema = issueSecretSchema.extend({ agentId: idField });
export type IssueSecretInput = z.infer<typeof issueOneSecretSchema>;

export const revokeSecretSchema = z.strictObject({ reason: lineField(500).optional() });
export const revokeOneSecretSchema = revokeSecretSchema.extend({ agentId: idField, secretId: idField });
export type RevokeSecretInput = z.infer<typeof revokeOneSecretSchema>;

export const SECRET_STATUSES = ["active", "expired", "revoked"] as const;

export const clientSecretSchema = z.strictObject({
  id: idField,
  /** `gth_cs_…` and its last four characters. */
  masked: z.string(),
  status: z.enum(SECRET_STATUSES),
  createdAt: instantField,
  expiresAt: instantField.nullable(),
  revokedAt: instantField.nullable(),
  lastUsedAt: instantField.nullable(),
  /** When the policy wants it replaced; null where it does not. */
  dueAt: instantField.nullable(),
  /** True where it lives, and that time has come. */
  overdue: z.boolean(),
  /** In how many days that time comes, begun ones counted, in the last 14 of a secret that lives; else null. */
  dueInDays: z.number().int().nullable(),
});
export type ClientSecretDto = z.infer<typeof clientSecretSchema>;

/** The secret itself is told this once. */
export const issuedSecretSchema = clientSecretSchema.extend({ secret: z.string() });
export type IssuedSecretDto = z.infer<typeof issuedSecretSchema>;

export const oauthClientSchema = z.strictObject({
  agentId: idField,
  /** What it calls itself in requests. */
  clientId: z.string(),
  authMethod: z.enum(AUTH_METHODS),
  applicationType: z.enum(["native", "web"]),
  redirectUris: z.array(z.string()),
  grantTypes: z.array(z.string()),
  jwks: z.unknown().nullable(),
  jwksUri: z.string().nullable(),
  clientUri: z.string().nullable(),
  requireDpop: z.boolean(),
  idleTimeoutSeconds: z.number().int().nullable(),
  /** What admins have added to whatever it asks, by server. */
  pregranted: z.array(
    z.strictObject({ server: z.strictObject({ id: idField, name: z.string() }), scopes: z.array(z.string()) }),
  ),
  /** Of a client that is known by its metadata document: when that was read last. */
  documentReadAt: instantField.nullable(),
  secrets: z.array(clientSecretSchema),
  createdAt: instantField,
});
export type OauthClientDto = z.infer<typeof oauthClientSchema>;
