import { z } from "zod";
import { idField, instantField, lineField, searchField, textField } from "@/lib/fields";
import { pageQuerySchema } from "@/lib/page";
import { holdRoleSchema } from "@/lib/role/schema";

/** Client-safe: the shapes of agents, in and out. */

export const AGENT_KINDS = ["interactive", "machine"] as const;
export const AGENT_STATUSES = ["active", "suspended"] as const;
/** How an agent came to be known: an admin registered it, or it introduced itself by its metadata document or by registering. */
export const AGENT_ORIGINS = ["registered", "document", "dynamic"] as const;

export const createAgentSchema = z.strictObject({
  name: lineField(),
  kind: z.enum(AGENT_KINDS),
  ownerId: idField,
  description: textField().default(""),
  roleIds: z.array(idField).max(100).default([]),
});
export type CreateAgentInput = z.infer<typeof createAgentSchema>;

export const updateAgentSchema = z.strictObject({
  name: lineField().optional(),
  description: textField().optional(),
  ownerId: idField.optional(),
  status: z.enum(AGENT_STATUSES).optional(),
  /** The whole set of roles that the agent holds from now on. */
  roleIds: z.array(idField).max(100).optional(),
});
export type UpdateAgentInput = z.infer<typeof updateAgentSchema> & { agentId: string };
/** What the console's action takes: the id beside the body. */
export const updateOneAgentSchema = updateAgentSchema.extend({ agentId: idField });

export const listAgentsSchema = pageQuerySchema.extend({
  /** Free text in name and description. */
  q: searchField().optional(),
  kind: z.enum(AGENT_KINDS).optional(),
  status: z.enum(AGENT_STATUSES).optional(),
  ownerId: idField.optional(),
  origin: z.enum(AGENT_ORIGINS).optional(),
  /** True: only those that nobody owns. They introduced themselves, and nobody has taken them over. */
  unowned: z.stringbool().optional(),
  /** Those that hold the role themselves. */
  roleId: idField.optional(),
});
export type ListAgentsInput = z.infer<typeof listAgentsSchema>;

/** Gives an agent a role, or takes it. */
export const holdAgentRoleSchema = holdRoleSchema.extend({ agentId: idField });
export type HoldAgentRoleInput = z.infer<typeof holdAgentRoleSchema>;

export const AGENT_SORTS = ["name", "created"] as const;
/** How the console asks: by number, sorted. */
export const pageAgentsSchema = listAgentsSchema.omit({ limit: true, cursor: true }).extend({
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  sort: z.enum(AGENT_SORTS).default("name"),
  order: z.enum(["asc", "desc"]).default("asc"),
});
export type PageAgentsInput = z.infer<typeof pageAgentsSchema>;

export const agentSchema = z.strictObject({
  id: idField,
  name: z.string(),
  description: z.string(),
  kind: z.enum(AGENT_KINDS),
  status: z.enum(AGENT_STATUSES),
  builtin: z.boolean(),
  owner: z
    .strictObject({ id: idField, name: z.string(), status: z.enum(["invited", "active", "suspended"]) })
    .nullable(),
  origin: z.enum(AGENT_ORIGINS),
  /** The host of the metadata document that it is known by; null for all others. */
  documentHost: z.string().nullable(),
  /** True where a machine agent outlived its owner and waits for somebody to take it over. */
  orphaned: z.boolean(),
  roles: z.array(z.strictObject({ id: idField, name: z.string() })),
  liveTokens: z.number().int(),
  /** Live access by OAuth: consents of people, and tokens that agents got in their own names. */
  liveConnections: z.number().int(),
  createdAt: instantField,
  updatedAt: instantField,
});
/** An agent as everybody outside `lib/agent` sees it. */
export type AgentDto = z.infer<typeof agentSchema>;
