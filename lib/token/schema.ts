import { z } from "zod";
import { idField, instantField, lineField, scopeNameField, searchField, textField } from "@/lib/fields";
import { rotateSchema } from "@/lib/key/schema";
import { pageQuerySchema } from "@/lib/page";

/** Client-safe: the shapes of static tokens. */

export const rateLimitSchema = z.strictObject({
  limit: z.number().int().min(1).max(1_000_000),
  windowSeconds: z.number().int().min(1).max(86_400),
});

/** An address or a block, as text; the verb checks and normalises it. */
const cidrField = z.string().trim().min(2).max(50);

const TEN_YEARS_SECONDS = 315_360_000;

export const mintTokenSchema = z
  .strictObject({
    name: lineField(),
    personId: idField.optional(),
    agentId: idField.optional(),
    roleId: idField,
    serverIds: z.array(idField).min(1, "must name at least one server").max(100),
    /** Narrows the token to these scopes of its role; where absent the token follows its role. */
    scopes: z.array(scopeNameField).max(500).optional(),
    expiresAt: instantField.optional(),
    expiresInSeconds: z.number().int().min(1).max(TEN_YEARS_SECONDS).optional(),
    notBefore: instantField.optional(),
    allowedCidrs: z.array(cidrField).max(100).default([]),
    rateLimit: rateLimitSchema.optional(),
    note: textField().default(""),
  })
  .refine((input) => input.personId !== undefined || input.agentId !== undefined, {
    path: ["personId"],
    message: "a token is for a person, an agent, or both",
  })
  .refine((input) => input.expiresAt === undefined || input.expiresInSeconds === undefined, {
    path: ["expiresInSeconds"],
    message: "give expiresAt or expiresInSeconds, not both",
  });
export type MintTokenInput = z.infer<typeof mintTokenSchema>;

/** What may change after minting. Nothing here widens what the token may do, but for its address list and rate limit. */
export const updateTokenSchema = z.strictObject({
  name: lineField().optional(),
  note: textField().optional(),
  allowedCidrs: z.array(cidrField).max(100).optional(),
  rateLimit: rateLimitSchema.nullable().optional(),
});
export type UpdateTokenInput = z.infer<typeof updateTokenSchema> & { tokenId: string };

export const rotateTokenSchema = rotateSchema;
export type RotateTokenInput = { tokenId: string; overlapSeconds: number };

export const revokeSchema = z.strictObject({
  reason: lineField(500).optional(),
  /** The leaked-token form: deny everywhere at once, then wait for the rest. */
  urgent: z.boolean().default(false),
});
export const REVOKE_BY = ["tokens", "agents", "people", "servers", "roles"] as const;
export type RevokeBy = (typeof REVOKE_BY)[number];
export type RevokeInput = z.infer<typeof revokeSchema> & { by: RevokeBy; id: string };

/** What the console's actions take: the id beside the body. */
export const rotateOneTokenSchema = rotateTokenSchema.extend({ tokenId: idField });
export const updateOneTokenSchema = updateTokenSchema.extend({ tokenId: idField });
export const revokeBySchema = revokeSchema.extend({ by: z.enum(REVOKE_BY), id: idField });

export const revokeAllSchema = z.strictObject({ reason: lineField(500), confirm: z.literal("revoke-all") });
export type RevokeAllInput = z.infer<typeof revokeAllSchema>;

export const revocationSchema = z.strictObject({
  /** How many tokens this call ended (0 where all were ended before). */
  revoked: z.number().int(),
  /** The number of the change; every process that applied it refuses the tokens. */
  seq: z.number().int(),
  /** How many processes said that they hold nothing of the tokens any more. */
  confirmedBy: z.number().int(),
  /** How many could have held something. What did not confirm has lost the right to use what it holds. */
  processes: z.number().int(),
  /** How long that took. */
  waitedMs: z.number(),
  /** True where no process anywhere accepts the tokens. */
  complete: z.boolean(),
});
export type RevocationDto = z.infer<typeof revocationSchema>;

/** One word for a token's state, first that applies; `flags` tells all. */
export const TOKEN_STATUSES = [
  "revoked",
  "expired",
  "blocked",
  "not_yet_valid",
  "retiring",
  "expiring",
  "active",
] as const;
export type TokenStatus = (typeof TOKEN_STATUSES)[number];

/** Everything that a reader should know of a token, each with a remedy in the console. */
export const TOKEN_FLAGS = [
  "revoked",
  "expired",
  "person_suspended",
  "agent_suspended",
  "server_disabled",
  "role_missing",
  "role_archived",
  "nothing_effective",
  "not_yet_valid",
  "retiring",
  "expiring",
  "never_used",
  "dormant",
  "no_rate_limit",
  "no_address_limit",
  "orphaned",
] as const;
export type TokenFlag = (typeof TOKEN_FLAGS)[number];

export const TOKEN_SORTS = ["created", "expires", "last_used", "name"] as const;

export const listTokensSchema = pageQuerySchema.extend({
  /** Name, id, or the last four characters. */
  q: searchField().optional(),
  status: z.enum(TOKEN_STATUSES).optional(),
  /** `live` is everything that is neither revoked nor expired. */
  state: z.enum(["live", "ended", "all"]).default("all"),
  kind: z.enum(["ro", "rw", "adm"]).optional(),
  personId: idField.optional(),
  agentId: idField.optional(),
  roleId: idField.optional(),
  serverId: idField.optional(),
  flag: z.enum(["never_used", "dormant", "no_rate_limit", "expiring", "retiring"]).optional(),
});
export type ListTokensInput = z.infer<typeof listTokensSchema>;

export const pageTokensSchema = listTokensSchema.omit({ limit: true, cursor: true }).extend({
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  sort: z.enum(TOKEN_SORTS).default("created"),
  order: z.enum(["asc", "desc"]).default("desc"),
});
export type PageTokensInput = z.infer<typeof pageTokensSchema>;

const named = z.strictObject({ id: idField, name: z.string() });

export const tokenSchema = z.strictObject({
  id: idField,
  name: z.string(),
  note: z.string(),
  kind: z.enum(["ro", "rw", "adm"]),
  /** `gth_ro_…` + last four. */
  masked: z.string(),
  status: z.enum(TOKEN_STATUSES),
  flags: z.array(z.enum(TOKEN_FLAGS)),
  person: named.extend({ email: z.string() }).nullable(),
  agent: named.nullable(),
  role: named,
  servers: z.array(named.extend({ slug: z.string() })),
  /** The scopes the token was narrowed to; null where it follows its role. */
  scopes: z.array(z.string()).nullable(),
  notBefore: instantField.nullable(),
  expiresAt: instantField,
  allowedCidrs: z.array(z.string()),
  rateLimit: rateLimitSchema.nullable(),
  familyId: idField,
  generation: z.number().int(),
  predecessorId: idField.nullable(),
  successorId: idField.nullable(),
  retiresAt: instantField.nullable(),
  revokedAt: instantField.nullable(),
  revokedReason: z.string().nullable(),
  lastUsedAt: instantField.nullable(),
  createdAt: instantField,
  createdBy: z.string(),
});
/** A token as everybody outside `lib/token` sees it: never its secret, never its hash. */
export type TokenDto = z.infer<typeof tokenSchema>;

export const tokenDetailSchema = tokenSchema.extend({
  /** What it may do right now, by server, and why. */
  effective: z.array(
    z.strictObject({
      serverId: idField,
      serverName: z.string(),
      scopes: z.array(z.strictObject({ name: z.string(), access: z.enum(["read", "write", "admin"]) })),
      tools: z.array(z.string()),
    }),
  ),
  activity: z.strictObject({
    lastUsedAt: instantField.nullable(),
    lastIp: z.string().nullable(),
    lastTool: z.string().nullable(),
    allowed: z.number().int(),
    denied: z.number().int(),
  }),
  createdByName: z.string().nullable(),
});
export type TokenDetailDto = z.infer<typeof tokenDetailSchema>;

/** A token just minted: the only time its secret is told. */
export const mintedTokenSchema = tokenSchema.extend({ token: z.string() });
export type MintedTokenDto = z.infer<typeof mintedTokenSchema>;

export const rotatedTokenSchema = mintedTokenSchema.extend({ predecessor: tokenSchema });
export type RotatedTokenDto = z.infer<typeof rotatedTokenSchema>;
