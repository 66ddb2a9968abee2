import { z } from "zod";
import { idField, instantField, lineField, scopeNameField, searchField, textField } from "@/lib/fields";
import { pageQuerySchema } from "@/lib/page";

/** Client-safe: the shapes of MCP servers, in and out. */

export const SERVER_STATUSES = ["active", "disabled"] as const;
export const ACCESS_LEVELS = ["read", "write", "admin"] as const;
export type Access = (typeof ACCESS_LEVELS)[number];

export const slugField = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be lower-case letters, digits and hyphens, 63 at most");

/** The canonical resource URI (RFC 8707): absolute, without a fragment. Kept as given but for a trailing slash. */
export const resourceField = z
  .string()
  .trim()
  .max(2000)
  .refine((text) => {
    if (!/^[a-z][a-z0-9+.-]*:[^\s#]+$/.test(text) || !URL.canParse(text)) return false;
    const url = new URL(text);
    return url.username === "" && url.password === "";
  }, "must be an absolute URI in lower case, without fragment or password (like https://tickets.example.com/mcp)")
  .transform((text) => (text.endsWith("/") && !text.endsWith("//") ? text.slice(0, -1) : text));

/** A scope to be made with its server, or for one that is there. */
export const newScopeSchema = z.strictObject({
  name: scopeNameField,
  access: z.enum(ACCESS_LEVELS),
  description: textField(500).default(""),
  /** OAuth: an admin must agree before a person may give it to an agent. */
  needsApproval: z.boolean().default(false),
});
const newToolSchema = z.strictObject({
  name: lineField(256),
  /** Names of the server's scopes that a caller needs, all of them. None: the tool stays closed. */
  scopes: z.array(scopeNameField).max(20),
  description: textField().default(""),
});

/** How much the log keeps of a server's calls: `metadata` leaves out their arguments, and nothing else. */
export const AUDIT_LEVELS = ["full", "metadata"] as const;
export type AuditLevel = (typeof AUDIT_LEVELS)[number];

export const ACCESS_TOKEN_FORMATS = ["jwt", "opaque"] as const;
/** How long an OAuth access token may last, seconds: a minute to a day. */
export const accessTokenSecondsField = z
  .number()
  .int()
  .min(60, "must be at least 60 seconds")
  .max(86_400, "must be at most 86,400 seconds (24 hours)");

export const createServerSchema = z.strictObject({
  name: lineField(),
  /** Made from the name where absent. */
  slug: slugField.optional(),
  resource: resourceField,
  description: textField().default(""),
  scopes: z.array(newScopeSchema).max(200).default([]),
  tools: z.array(newToolSchema).max(2000).default([]),
  /** A tool that the server does not list is refused. There is no other choice. */
  unlistedTools: z.literal("deny").default("deny"),
  maxTokenLifetimeSeconds: z.number().int().positive().max(315_360_000).nullable().default(null),
  auditLevel: z.enum(AUDIT_LEVELS).default("full"),
});
export type CreateServerInput = z.infer<typeof createServerSchema>;

export const updateServerSchema = z.strictObject({
  name: lineField().optional(),
  slug: slugField.optional(),
  resource: resourceField.optional(),
  description: textField().optional(),
  status: z.enum(SERVER_STATUSES).optional(),
  maxTokenLifetimeSeconds: z.number().int().positive().max(315_360_000).nullable().optional(),
  /** OAuth: in what form access tokens are issued. Those that are issued already stay as they are, of all three. */
  accessTokenFormat: z.enum(ACCESS_TOKEN_FORMATS).optional(),
  accessTokenSeconds: accessTokenSecondsField.optional(),
  /** OAuth: access tokens are issued only bound to a key of the client's (DPoP, RFC 9449). */
  requireDpop: z.boolean().optional(),
  auditLevel: z.enum(AUDIT_LEVELS).optional(),
});
export type UpdateServerInput = z.infer<typeof updateServerSchema> & { serverId: string };

export const listServersSchema = pageQuerySchema.extend({
  q: searchField().optional(),
  status: z.enum(SERVER_STATUSES).optional(),
  /** The built-in server is left out unless asked for. */
  includeBuiltin: z.stringbool().default(false),
});
export type ListServersInput = z.infer<typeof listServersSchema>;

export const serverSchema = z.strictObject({
  id: idField,
  slug: z.string(),
  name: z.string(),
  resource: z.string(),
  description: z.string(),
  status: z.enum(SERVER_STATUSES),
  builtin: z.boolean(),
  unlistedTools: z.literal("deny"),
  maxTokenLifetimeSeconds: z.number().int().nullable(),
  accessTokenFormat: z.enum(ACCESS_TOKEN_FORMATS),
  accessTokenSeconds: z.number().int(),
  requireDpop: z.boolean(),
  auditLevel: z.enum(AUDIT_LEVELS),
  importUrl: z.string().nullable(),
  importedAt: instantField.nullable(),
  counts: z.strictObject({
    scopes: z.number().int(),
    tools: z.number().int(),
    /** Tools that nobody may call, because no scope was set yet. */
    closedTools: z.number().int(),
    /** Tools whose definition changed or which went away since they were accepted. */
    driftedTools: z.number().int(),
    liveKeys: z.number().int(),
    liveTokens: z.number().int(),
    /** Live access by OAuth: consents of people, and tokens that agents got in their own names. */
    liveConnections: z.number().int(),
  }),
  createdAt: instantField,
  updatedAt: instantField,
});
/** An MCP server as everybody outside `lib/server` sees it. */
export type ServerDto = z.infer<typeof serverSchema>;
