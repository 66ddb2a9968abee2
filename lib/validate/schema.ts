import { z } from "zod";
import { idField } from "@/lib/fields";
import { REASONS } from "./reasons";

/** Client-safe: the shapes of `POST /api/v1/validate` and its batch (design §3). */

/** As many items as one batch may hold. */
export const MAX_BATCH_ITEMS = 100;
/** Longer than any credential of ours; room for the JWTs of an authorization server. */
const MAX_TOKEN_CHARS = 8192;

/** Text that PostgreSQL can hold and that is what it looks like: no NUL, no lone surrogates. */
const storableText = (max: number) =>
  z
    .string()
    .min(1, "must not be empty")
    .max(max, `must have at most ${max} characters`)
    .refine((text) => text.isWellFormed() && !text.includes("\0"), "must be well-formed text without NUL");

/** RFC 6749 §3.3 scope-token. One that nobody offers is simply missing from every token. */
const scopeTokenField = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/, "is not a scope");

// Made once: to make a schema costs many times what a parse does.
const IPV4 = z.ipv4();
const IPV6 = z.ipv6();

/** An IP address of either version, as the asking server sees its own client. */
export const clientIpField = z.string().refine((text) => IPV4.safeParse(text).success || IPV6.safeParse(text).success, {
  message: "is not an IP address",
});

/** The name of an MCP tool, as it was called. */
export const toolNameField = storableText(256);
/** The caller's own id of the request. */
export const callerRequestIdField = storableText(200);

/** What a client sent with a token that is bound to a key (RFC 9449), and the request that it came with. */
const dpopField = z.strictObject({
  /** The `DPoP` header, as it came. */
  proof: z.string().min(1, "must not be empty").max(8192, "must have at most 8192 characters"),
  /** The request's method, as `POST`. */
  method: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}$/, "is not a method"),
  /** The request's address, as clients know it; query and fragment do not matter. */
  url: z.url({ protocol: /^https?$/, error: "is not an http address" }).max(2000),
});

export const validateSchema = z.strictObject({
  /** What the client presented. Anything that is not a credential of ours is answered as `malformed`, not refused. */
  token: z.string().max(MAX_TOKEN_CHARS, `must have at most ${MAX_TOKEN_CHARS} characters`),
  tool: toolNameField.optional(),
  /** Scopes that the call needs besides those of the tool. */
  scopes: z.array(scopeTokenField).max(100, "must have at most 100 items").optional(),
  /** The audience that the client meant; must be the asking server's own. */
  resource: storableText(2000).optional(),
  /** Where the client is. A token with an address list is refused without it. */
  clientIp: clientIpField.optional(),
  /** A proof that the client holds the key that the token is bound to. Without it such a token is refused. */
  dpop: dpopField.optional(),
  requestId: callerRequestIdField.optional(),
  /** The call's arguments, for the audit log: redacted and capped there, and used for nothing else. */
  arguments: z.unknown().optional(),
});
export type ValidateInput = z.infer<typeof validateSchema>;

export const validateBatchSchema = z.strictObject({
  items: z
    .array(validateSchema)
    .min(1, "must have at least one item")
    .max(MAX_BATCH_ITEMS, `must have at most ${MAX_BATCH_ITEMS} items`),
});

/** All that is said of a token that is unknown, or not for the asking server: the two cannot be told apart. */
export const strangerAnswerSchema = z.strictObject({
  active: z.literal(false),
  decision: z.literal("deny"),
  reason: z.enum(["malformed", "unknown_token"]),
  auditId: z.uuid(),
});

export const knownAnswerSchema = z.strictObject({
  /** The token lives and is for the asking server. */
  active: z.boolean(),
  /** This call may go ahead. */
  decision: z.enum(["allow", "deny"]),
  reason: z.enum(REASONS),
  token: z.strictObject({ id: idField, kind: z.enum(["static", "oauth"]), name: z.string() }),
  person: z.strictObject({ id: idField, email: z.string() }).nullable(),
  agent: z.strictObject({ id: idField, name: z.string() }).nullable(),
  server: z.strictObject({ id: idField, resource: z.string() }),
  /** The role's name; of an OAuth token, the names of all roles that its holder has on the server. */
  role: z.string(),
  /** What the token may do on this server just now; empty where it is not active. */
  scopes: z.array(z.string()),
  missingScopes: z.array(z.string()),
  /** Unix seconds; from then on the token is expired. */
  expiresAt: z.number().int(),
  /** Null where the token has no limit. `resetAt` (Unix seconds) is when the oldest counted call leaves the window. */
  rateLimit: z
    .strictObject({ limit: z.number().int(), remaining: z.number().int(), resetAt: z.number().int() })
    .nullable(),
  auditId: z.uuid(),
});

export const validateAnswerSchema = z.union([knownAnswerSchema, strangerAnswerSchema]);

export const validateBatchAnswerSchema = z.strictObject({ results: z.array(validateAnswerSchema) });
