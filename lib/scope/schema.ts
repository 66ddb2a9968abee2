import { z } from "zod";
import { idField, instantField, searchField, textField } from "@/lib/fields";
import { pageQuerySchema } from "@/lib/page";
import { ACCESS_LEVELS, newScopeSchema } from "@/lib/server/schema";

/** Client-safe: the shapes of scopes. */

export const createScopeSchema = newScopeSchema.extend({ serverId: idField });
export type CreateScopeInput = z.infer<typeof createScopeSchema>;

/** A scope keeps its name: tokens and tools refer to it. */
export const updateScopeSchema = z.strictObject({
  access: z.enum(ACCESS_LEVELS).optional(),
  description: textField(500).optional(),
  needsApproval: z.boolean().optional(),
});
export type UpdateScopeInput = z.infer<typeof updateScopeSchema> & { scopeId: string };

export const listScopesSchema = pageQuerySchema.extend({
  serverId: idField.optional(),
  q: searchField().optional(),
});
export type ListScopesInput = z.infer<typeof listScopesSchema>;

export const scopeSchema = z.strictObject({
  id: idField,
  serverId: idField,
  name: z.string(),
  access: z.enum(ACCESS_LEVELS),
  description: z.string(),
  needsApproval: z.boolean(),
  /** The tools that require it, by name. */
  tools: z.array(z.string()),
  createdAt: instantField,
});
/** A scope as everybody outside `lib/scope` sees it. */
export type ScopeDto = z.infer<typeof scopeSchema>;
