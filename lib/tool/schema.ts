import { z } from "zod";
import { idField, instantField, lineField, scopeNameField, searchField, textField } from "@/lib/fields";
import { pageQuerySchema } from "@/lib/page";
import { ACCESS_LEVELS } from "@/lib/server/schema";

/** Client-safe: the shapes of tools and of their import. */

export const TOOL_DRIFTS = ["none", "changed", "removed"] as const;

export const createToolSchema = z.strictObject({
  serverId: idField,
  name: lineField(256),
  scopes: z.array(scopeNameField).max(20),
  description: textField().default(""),
});
export type CreateToolInput = z.infer<typeof createToolSchema>;

export const updateToolSchema = z.strictObject({
  /** The whole set of scopes that a caller needs from now on. None closes the tool. */
  scopes: z.array(scopeNameField).max(20).optional(),
  description: textField().optional(),
  /** Accepts the definition that the last import saw. */
  acceptDrift: z.literal(true).optional(),
});
export type UpdateToolInput = z.infer<typeof updateToolSchema> & { toolId: string };

export const listToolsSchema = pageQuerySchema.extend({
  serverId: idField.optional(),
  q: searchField().optional(),
  /** `any`: changed or removed. */
  drift: z.enum([...TOOL_DRIFTS, "any"]).optional(),
  /** True: only tools that nobody may call, because no scope was set; false: only the others. */
  closed: z.stringbool().optional(),
});
export type ListToolsInput = z.infer<typeof listToolsSchema>;

export const importToolsSchema = z.strictObject({
  /** The Streamable HTTP endpoint; the last one used, or the server's resource, where absent. */
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional(),
  /** Sent along to the server, never stored and never logged. */
  headers: z.record(z.string().regex(/^[A-Za-z0-9-]{1,100}$/), z.string().max(8192)).default({}),
  /** True only looks: nothing is changed. */
  dryRun: z.boolean().default(false),
  /**
   * `none` leaves new tools closed until somebody sets their scopes; `suggested` opens each new tool to the server's
   * scope of the suggested access: `<slug>:read` or `<slug>:write`, or the only one of that access, or one that is made.
   */
  assign: z.enum(["none", "suggested"]).default("none"),
});
export type ImportToolsInput = z.infer<typeof importToolsSchema> & { serverId: string };

/** The hints of MCP `ToolAnnotations`: claimed by the server, not to be trusted. */
export const toolAnnotationsSchema = z.object({
  title: z.string().optional(),
  readOnlyHint: z.boolean().optional(),
  destructiveHint: z.boolean().optional(),
  idempotentHint: z.boolean().optional(),
  openWorldHint: z.boolean().optional(),
});

/** What a server says of one tool. */
export const toolDefinitionSchema = z.strictObject({
  title: z.string(),
  description: z.string(),
  annotations: toolAnnotationsSchema,
  inputSchema: z.unknown(),
});
export type ToolDefinition = z.infer<typeof toolDefinitionSchema>;

export const toolSchema = z.strictObject({
  id: idField,
  serverId: idField,
  name: z.string(),
  title: z.string(),
  description: z.string(),
  source: z.enum(["manual", "import"]),
  annotations: toolAnnotationsSchema,
  inputSchema: z.unknown(),
  suggestedAccess: z.enum(ACCESS_LEVELS),
  /** The widest access among its scopes; null while it is closed. */
  access: z.enum(ACCESS_LEVELS).nullable(),
  scopes: z.array(z.string()),
  drift: z.enum(TOOL_DRIFTS),
  /** The definition last seen, where it differs from the accepted one. */
  pending: toolDefinitionSchema.nullable(),
  createdAt: instantField,
  updatedAt: instantField,
});
/** A tool as everybody outside `lib/tool` sees it. */
export type ToolDto = z.infer<typeof toolSchema>;

const seenToolSchema = z.strictObject({
  name: z.string(),
  suggestedAccess: z.enum(ACCESS_LEVELS),
  suggestedScope: z.string(),
});

export const importResultSchema = z.strictObject({
  url: z.string(),
  serverInfo: z.strictObject({ name: z.string(), version: z.string() }).nullable(),
  dryRun: z.boolean(),
  added: z.array(seenToolSchema),
  changed: z.array(seenToolSchema.extend({ fields: z.array(z.string()) })),
  removed: z.array(z.strictObject({ name: z.string() })),
  unchanged: z.number().int(),
});
/** What an import saw. */
export type ImportResult = z.infer<typeof importResultSchema>;
