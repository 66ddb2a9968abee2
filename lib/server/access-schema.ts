import { z } from "zod";
import { idField, searchField } from "@/lib/fields";
import { CONSOLE_PAGE_SIZE } from "@/lib/page";
import { ACCESS_LEVELS } from "./schema";

/** Client-safe: the shapes of *who may call this server*. */

/** Those who may be asked for on one page: search by name or e-mail address, and by the role that lets them in. */
export const pageHoldersSchema = z.object({
  q: searchField().optional(),
  role: idField.optional(),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  pageSize: z.coerce.number().int().min(1).max(200).default(CONSOLE_PAGE_SIZE),
});
export type PageHoldersInput = z.infer<typeof pageHoldersSchema> & { serverId: string };

/** A role that names the server. */
export const serverRoleSchema = z.strictObject({
  id: idField,
  name: z.string(),
  builtin: z.boolean(),
  /** The patterns as the role writes them. */
  patterns: z.array(z.string()),
  /** What they resolve to today; empty where the server offers nothing that matches. */
  scopes: z.array(z.strictObject({ name: z.string(), access: z.enum(ACCESS_LEVELS) })),
  /** The tools that these scopes open. */
  openTools: z.number().int(),
  counts: z.strictObject({
    people: z.number().int(),
    agents: z.number().int(),
    /** Live tokens under this role for this server. */
    liveTokens: z.number().int(),
  }),
});
/** A role that reaches a server, with what it gives there today. */
export type ServerRoleDto = z.infer<typeof serverRoleSchema>;

export const serverHolderSchema = z.strictObject({
  kind: z.enum(["person", "agent"]),
  id: idField,
  name: z.string(),
  /** A person's e-mail address; an agent's kind. */
  detail: z.string(),
  /** True where none of their calls is allowed now, whatever they hold. */
  suspended: z.boolean(),
  roles: z.array(z.strictObject({ id: idField, name: z.string() })),
  /** The widest access that their roles give here today; null where they give nothing. */
  access: z.enum(ACCESS_LEVELS).nullable(),
  /** Live tokens of theirs for this server, under any role. */
  liveTokens: z.number().int(),
});
/** A person or an agent who holds a role that reaches a server. */
export type ServerHolderDto = z.infer<typeof serverHolderSchema>;
