import { z } from "zod";
import { AGENT_ORIGINS } from "@/lib/agent/schema";
import { idField, instantField, lineField, scopeNameField, searchField } from "@/lib/fields";
import { ACCESS_LEVELS } from "@/lib/server/schema";
import { pageQuerySchema } from "@/lib/page";
import { revokeSchema } from "@/lib/token/schema";

/** Client-safe: the shapes of consents and grants. */

export const GRANT_STATUSES = ["live", "expired", "revoked"] as const;

/** How an interaction is named: in the page's address, and in a cookie of the browser that began it. */
const interactionField = z.string().regex(/^[\w-]{10,100}$/, "is not the id of a request");
const startedSchema = z.strictObject({
  uid: interactionField,
  /** What the cookie says: only the browser that began a request may answer it. */
  startedHere: interactionField.nullable(),
});

export const readConsentSchema = startedSchema;
export type ReadConsentInput = z.infer<typeof readConsentSchema>;

export const giveConsentSchema = startedSchema.extend({
  scopes: z.array(scopeNameField).min(1, "must name at least one").max(200),
  remember: z.boolean().default(false),
});
export type GiveConsentInput = z.infer<typeof giveConsentSchema>;

export const refuseConsentSchema = startedSchema;
export type RefuseConsentInput = z.infer<typeof refuseConsentSchema>;

/** A scope as somebody who is asked for it sees it. */
export type AskedScope = {
  name: string;
  description: string;
  access: (typeof ACCESS_LEVELS)[number];
  /** True where the person's roles give it: what they do not have they cannot give. */
  held: boolean;
  /** What the admins say: nobody must ask them (`free`), they have agreed, were asked, have refused, or were not asked yet. */
  approval: ApprovalStand;
  /** True where an admin had it added to what the agent asks. */
  pregranted: boolean;
  /** The tools that need it. */
  tools: readonly string[];
};

export type ApprovalStand = "free" | "approved" | "pending" | "refused" | "needed";

/** True where nobody has to be asked any more. */
export const isGiven = (stand: ApprovalStand): boolean => stand === "free" || stand === "approved";

/** What an agent asks of a person. */
export type ConsentRequest = {
  uid: string;
  client: {
    agentId: string;
    name: string;
    origin: (typeof AGENT_ORIGINS)[number];
    /** The host that its metadata document came from, which proves it is theirs; null where nobody vouches for the name. */
    host: string | null;
    /** As it says itself. */
    uri: string | null;
    ownerName: string | null;
    /** What the admins say about letting it in at all. */
    approval: ApprovalStand;
  };
  redirect: {
    /** Where the browser goes afterwards: a host, or a scheme of an app. */
    to: string;
    /** True where that is a program on this very machine: any may listen there. */
    local: boolean;
  };
  /** Where the device is, and what it calls itself, whose code the person typed; null where the browser itself asks. */
  device: { ip: string | null; userAgent: string | null } | null;
  server: { id: string; name: string; resource: string; description: string };
  scopes: readonly AskedScope[];
  /** The only tools that it asks for; null where its scopes say that. */
  tools: readonly string[] | null;
  /** True where a later request for no more may pass without being asked. */
  mayRemember: boolean;
  /** True where it goes on without the person (refresh tokens). */
  keepsAccess: boolean;
  /** How long the access lasts where nobody ends it: at most, and without use. Seconds. */
  lasts: { atMostSeconds: number; unusedSeconds: number };
  /** True where it asks for a class of sign-in that this session has not: a second factor must be given or set up first. */
  needsSecondFactor: boolean;
};

/** Where the browser goes next. */
export type ConsentAnswered = { location: string };

export const listGrantsSchema = pageQuerySchema.extend({
  personId: idField.optional(),
  agentId: idField.optional(),
  serverId: idField.optional(),
  status: z.enum(GRANT_STATUSES).optional(),
});
export type ListGrantsInput = z.infer<typeof listGrantsSchema>;

/** How the console asks: by number. */
export const pageGrantsSchema = listGrantsSchema.omit({ limit: true, cursor: true }).extend({
  /** Free text in the names of person, agent and server. */
  q: searchField().optional(),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
});
export type PageGrantsInput = z.infer<typeof pageGrantsSchema>;

export const grantSchema = z.strictObject({
  id: idField,
  person: z.strictObject({ id: idField, name: z.string() }),
  agent: z.strictObject({ id: idField, name: z.string(), origin: z.enum(AGENT_ORIGINS), host: z.string().nullable() }),
  server: z.strictObject({ id: idField, name: z.string(), resource: z.string() }),
  scopes: z.array(z.strictObject({ name: z.string(), access: z.enum(ACCESS_LEVELS) })),
  /** The only tools that it opens; null where its scopes say that. */
  tools: z.array(z.string()).nullable(),
  remembered: z.boolean(),
  status: z.enum(GRANT_STATUSES),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  createdAt: instantField,
  expiresAt: instantField,
  lastUsedAt: instantField.nullable(),
  lastTool: z.string().nullable(),
  revokedAt: instantField.nullable(),
  revokedReason: z.string().nullable(),
});
/** A grant as everybody outside `lib/oauth` sees it. */
export type GrantDto = z.infer<typeof grantSchema>;

/** Which grant to end, and why. */
export const revokeOneGrantSchema = revokeSchema.extend({ id: idField });
export type RevokeGrantInput = z.infer<typeof revokeOneGrantSchema>;

export const narrowGrantSchema = z.strictObject({
  /** The names of the scopes to take out. */
  removeScopes: z.array(scopeNameField).min(1, "must name at least one").max(200),
  reason: lineField(500).optional(),
});
export const narrowOneGrantSchema = narrowGrantSchema.extend({ id: idField });
export type NarrowGrantInput = z.infer<typeof narrowOneGrantSchema>;
