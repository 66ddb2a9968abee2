import { z } from "zod";
import { idField, instantField, lineField, scopePatternField, searchField, textField } from "@/lib/fields";
import { pageQuerySchema } from "@/lib/page";

/** Client-safe: the shapes of roles. */

/** Patterns on one server. */
export const roleServerScopesSchema = z.strictObject({
  serverId: idField,
  scopes: z.array(scopePatternField).min(1).max(200),
});

export const createRoleSchema = z.strictObject({
  name: lineField(),
  description: textField().default(""),
  /** Names or wildcards. */
  scopes: z.array(scopePatternField).max(200).default([]),
  /** The servers that `scopes` are meant for; where absent, every server (but the built-in one) that offers a match. */
  serverIds: z.array(idField).max(200).optional(),
  /** The exact form: patterns by server. Instead of, or beside, `scopes`. */
  grants: z.array(roleServerScopesSchema).max(200).optional(),
});
export type CreateRoleInput = z.infer<typeof createRoleSchema>;

export const updateRoleSchema = z.strictObject({
  name: lineField().optional(),
  description: textField().optional(),
  scopes: z.array(scopePatternField).max(200).optional(),
  serverIds: z.array(idField).max(200).optional(),
  grants: z.array(roleServerScopesSchema).max(200).optional(),
});
export type UpdateRoleInput = z.infer<typeof updateRoleSchema> & { roleId: string };
/** What the console's action takes: the id beside the body. */
export const updateOneRoleSchema = updateRoleSchema.extend({ roleId: idField });

export const listRolesSchema = pageQuerySchema.extend({
  q: searchField().optional(),
  serverId: idField.optional(),
  includeArchived: z.stringbool().default(false),
});
export type ListRolesInput = z.infer<typeof listRolesSchema>;

export const ROLE_SORTS = ["name", "created"] as const;
/** How the console asks: by number, sorted. */
export const pageRolesSchema = listRolesSchema.omit({ limit: true, cursor: true }).extend({
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  sort: z.enum(ROLE_SORTS).default("name"),
  order: z.enum(["asc", "desc"]).default("asc"),
});
export type PageRolesInput = z.infer<typeof pageRolesSchema>;

/** Gives a role to one holder (`held` true), or takes it. */
export const holdRoleSchema = z.strictObject({ roleId: idField, held: z.boolean() });

export const roleSchema = z.strictObject({
  id: idField,
  name: z.string(),
  description: z.string(),
  builtin: z.boolean(),
  /** True where everything it gives today is `read`. */
  readOnly: z.boolean(),
  /** All its patterns, without doubles. */
  scopes: z.array(z.string()),
  serverIds: z.array(idField),
  /** By server: the patterns, and what they resolve to today. */
  grants: z.array(
    z.strictObject({
      serverId: idField,
      serverName: z.string(),
      serverSlug: z.string(),
      scopes: z.array(z.string()),
      resolved: z.array(z.strictObject({ name: z.string(), access: z.enum(["read", "write", "admin"]) })),
    }),
  ),
  counts: z.strictObject({ people: z.number().int(), agents: z.number().int(), liveTokens: z.number().int() }),
  archivedAt: instantField.nullable(),
  createdAt: instantField,
  updatedAt: instantField,
});
/** A role as everybody outside `lib/role` sees it. */
export type RoleDto = z.infer<typeof roleSchema>;
