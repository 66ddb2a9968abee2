import { z } from "zod";
import { emailField, idField, instantField, lineField, searchField } from "@/lib/fields";
import { pageQuerySchema } from "@/lib/page";
import { holdRoleSchema } from "@/lib/role/schema";
import { CONSOLE_ROLES } from "./console-role";

/** Client-safe: the shapes of people. */

export const PERSON_STATUSES = ["invited", "active", "suspended"] as const;

/** Length is what counts (NIST SP 800-63B §3.1.1.2): at least 12 characters, no rules of composition. */
export const passwordField = z
  .string()
  .min(12, "must have at least 12 characters")
  .max(200, "must have at most 200 characters")
  .refine((text) => text.isWellFormed(), "must be well-formed text");

export const createPersonSchema = z.strictObject({
  email: emailField,
  name: lineField(),
  consoleRole: z.enum(CONSOLE_ROLES),
  roleIds: z.array(idField).max(100).default([]),
  /** Where absent, an invitation is made instead. */
  password: passwordField.optional(),
});
export type CreatePersonInput = z.infer<typeof createPersonSchema>;

export const updatePersonSchema = z.strictObject({
  name: lineField().optional(),
  consoleRole: z.enum(CONSOLE_ROLES).optional(),
  status: z.enum(["active", "suspended"]).optional(),
  /** The whole set of roles that the person holds from now on. */
  roleIds: z.array(idField).max(100).optional(),
});
export type UpdatePersonInput = z.infer<typeof updatePersonSchema> & { personId: string };
/** What the console's action takes: the id beside the body. */
export const updateOnePersonSchema = updatePersonSchema.extend({ personId: idField });

/** Erases a person: their name, letter by letter, confirms it. */
export const erasePersonSchema = z.strictObject({ confirmName: z.string().max(1000) });
export type ErasePersonInput = z.infer<typeof erasePersonSchema> & { personId: string };
export const eraseOnePersonSchema = erasePersonSchema.extend({ personId: idField });

export const listPeopleSchema = pageQuerySchema.extend({
  q: searchField().optional(),
  status: z.enum(PERSON_STATUSES).optional(),
  consoleRole: z.enum(CONSOLE_ROLES).optional(),
  roleId: idField.optional(),
});
export type ListPeopleInput = z.infer<typeof listPeopleSchema>;

/** Gives a person a role, or takes it. */
export const holdPersonRoleSchema = holdRoleSchema.extend({ personId: idField });
export type HoldPersonRoleInput = z.infer<typeof holdPersonRoleSchema>;

export const PEOPLE_SORTS = ["name", "last_sign_in", "created"] as const;
/** How the console asks: by number, sorted. */
export const pagePeopleSchema = listPeopleSchema.omit({ limit: true, cursor: true }).extend({
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  sort: z.enum(PEOPLE_SORTS).default("name"),
  order: z.enum(["asc", "desc"]).default("asc"),
});
export type PagePeopleInput = z.infer<typeof pagePeopleSchema>;

export const personSchema = z.strictObject({
  id: idField,
  email: z.string(),
  name: z.string(),
  consoleRole: z.enum(CONSOLE_ROLES),
  status: z.enum(PERSON_STATUSES),
  roles: z.array(z.strictObject({ id: idField, name: z.string() })),
  /** How the person can sign in, and whether a second factor of their own is asked for besides. */
  signIn: z.strictObject({ password: z.boolean(), sso: z.boolean(), secondFactor: z.boolean() }),
  counts: z.strictObject({
    liveTokens: z.number().int(),
    /** What they have let agents do, and that lives. */
    liveConnections: z.number().int(),
    agents: z.number().int(),
    openSessions: z.number().int(),
  }),
  lastSignInAt: instantField.nullable(),
  /** When they were erased: their name and address are gone for good. */
  erasedAt: instantField.nullable(),
  /** When the open invitation ends, where there is one. */
  invitationExpiresAt: instantField.nullable(),
  createdAt: instantField,
  updatedAt: instantField,
});
/** A person as everybody outside `lib/person` sees it. */
export type PersonDto = z.infer<typeof personSchema>;

/** A person just created: `inviteUrl` is told once, and only where no password was given. */
export const createdPersonSchema = personSchema.extend({ inviteUrl: z.string().optional() });
export type CreatedPersonDto = z.infer<typeof createdPersonSchema>;

/** A new invitation: its link is told this once. */
export const invitationSchema = z.strictObject({ inviteUrl: z.string() });
