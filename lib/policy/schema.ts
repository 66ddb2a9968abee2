import { z } from "zod";

/** Client-safe: the instance's policy for OAuth and for signing in, in and out. */

/** Nobody, those that are listed, or anybody. */
export const ADMISSIONS = ["off", "listed", "open"] as const;
export type Admission = (typeof ADMISSIONS)[number];

/** Who must have a second factor to do anything in the console: nobody, owners and admins, or everyone. */
export const SECOND_FACTOR_REQUIREMENTS = ["off", "admins", "everyone"] as const;
export type SecondFactorRequirement = (typeof SECOND_FACTOR_REQUIREMENTS)[number];

/** As many entries as a list may have. */
const MAX_LISTED = 200;
const HOST =
  /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$|^\[[0-9a-f:.]+\]$/;
const SCHEME = /^[a-z][a-z0-9+.-]{0,62}:$/;
/** What a browser itself goes to is no app. */
const NO_APP = new Set(["http:", "https:", "javascript:", "data:", "blob:", "file:", "about:"]);

const lowered = z.string().trim().toLowerCase();
const hostField = lowered.refine((text) => HOST.test(text), "must be a host's name alone, like agents.example.com");
const placeField = lowered.refine(
  (text) => HOST.test(text) || (SCHEME.test(text) && !NO_APP.has(text)),
  "must be a host's name alone, like claude.ai, or an app's scheme with its colon, like cursor:",
);
const listOf = (field: z.ZodType<string>) =>
  z
    .array(field)
    .max(MAX_LISTED, `must have at most ${MAX_LISTED} entries`)
    .transform((entries) => [...new Set(entries)]);

const MINUTE = 60;
const DAY = 86_400;
const spanField = (mostDays: number) =>
  z
    .number()
    .int()
    .min(MINUTE, "must be at least a minute")
    .max(mostDays * DAY, `must be at most ${mostDays} days`);

export const updatePolicySchema = z.strictObject({
  /** Who may register itself as a client (RFC 7591): `listed` means whose redirects all go to a listed place. */
  registration: z.enum(ADMISSIONS).optional(),
  /** Hosts, and schemes of apps with their colon. */
  registrationPlaces: listOf(placeField).optional(),
  /** Whose metadata documents count. */
  documents: z.enum(ADMISSIONS).optional(),
  /** Hosts. One that is listed may also be inside one's own network. */
  documentHosts: listOf(hostField).optional(),
  /** An admin must agree before anybody lets in a client that introduced itself. */
  approveClients: z.boolean().optional(),
  /** An admin must agree before a person gives an agent a scope of access `admin`. */
  approveAdminScopes: z.boolean().optional(),
  /** How long a refresh token lasts that nobody uses, seconds. */
  refreshIdleSeconds: spanField(366).optional(),
  /** How long what a person agreed to lasts at most, seconds. */
  grantLifetimeSeconds: spanField(1830).optional(),
  /**
   * Access that a person gave ends where its agent has made no allowed call for so long, seconds, unless the agent has a limit of its
   * own; null where that does not matter.
   */
  idleTimeoutSeconds: z
    .number()
    .int()
    .min(300, "must be at least 5 minutes")
    .max(365 * DAY, "must be at most 365 days")
    .nullable()
    .optional(),
  /** After how many days a client secret is due to be replaced; 0 where none ever is. */
  secretRotationDays: z
    .number()
    .int("must be a whole number of days")
    .min(0, "must be 0 or more")
    .max(3650, "must be at most 3650 days")
    .optional(),
  /** A client secret that is overdue is refused. */
  refuseOverdueSecrets: z.boolean().optional(),
  /** Who must have a second factor before anything else works in the console. */
  requireSecondFactor: z.enum(SECOND_FACTOR_REQUIREMENTS).optional(),
});
export type UpdatePolicyInput = z.infer<typeof updatePolicySchema>;

/** The policy as it stands. */
export const policySchema = z.strictObject({
  registration: z.enum(ADMISSIONS),
  registrationPlaces: z.array(z.string()),
  documents: z.enum(ADMISSIONS),
  documentHosts: z.array(z.string()),
  approveClients: z.boolean(),
  approveAdminScopes: z.boolean(),
  refreshIdleSeconds: z.number().int(),
  grantLifetimeSeconds: z.number().int(),
  idleTimeoutSeconds: z.number().int().nullable(),
  secretRotationDays: z.number().int(),
  refuseOverdueSecrets: z.boolean(),
  requireSecondFactor: z.enum(SECOND_FACTOR_REQUIREMENTS),
}) satisfies z.ZodType<Required<UpdatePolicyInput>>;
export type PolicyDto = z.infer<typeof policySchema>;
