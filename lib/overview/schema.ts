import { z } from "zod";
import { idField, instantField } from "@/lib/fields";
import { noticeSchema } from "@/lib/notice/schema";
import { TOKEN_STATUSES } from "@/lib/token/schema";

/** Client-safe: what the overview shows. */

/** How many rows of each finding the overview carries; its `count` tells all of them. */
export const OVERVIEW_ROWS = 5;

/** What may need somebody about tokens. Each `flag` is also a filter of the token list (`?state=live&flag=…`). */
export const TOKEN_FINDINGS = ["expiring", "retiring", "never_used", "dormant", "no_rate_limit"] as const;
export type TokenFinding = (typeof TOKEN_FINDINGS)[number];

const namedSchema = z.strictObject({ id: idField, name: z.string() });

const overviewTokenSchema = z.strictObject({
  id: idField,
  name: z.string(),
  /** `gth_ro_…` + last four. */
  masked: z.string(),
  status: z.enum(TOKEN_STATUSES),
  person: namedSchema.nullable(),
  agent: namedSchema.nullable(),
  expiresAt: instantField,
  retiresAt: instantField.nullable(),
  lastUsedAt: instantField.nullable(),
  createdAt: instantField,
});

const tokenFindingSchema = z.strictObject({
  flag: z.enum(TOKEN_FINDINGS),
  count: z.number().int(),
  /** The most pressing first, `OVERVIEW_ROWS` at most. */
  tokens: z.array(overviewTokenSchema),
  /** The console's list behind the number: a path with its query. */
  href: z.string(),
});

/** One hour's decisions; null where there were more than are counted, which is not the same as none. */
const decidedHourSchema = z.strictObject({
  startsAt: instantField,
  allowed: z.number().int().nullable(),
  denied: z.number().int().nullable(),
});
export type DecidedHour = z.infer<typeof decidedHourSchema>;

export const overviewSchema = z.strictObject({
  /** True where the asking person sees everything; false where only what is theirs. */
  everything: z.boolean(),
  tokens: z.strictObject({ live: z.number().int(), href: z.string() }),
  findings: z.array(tokenFindingSchema),
  /** What nobody has seen yet of what all admins are told; for those who may not read that, of their own. The newest `OVERVIEW_ROWS`. */
  notices: z.strictObject({ items: z.array(noticeSchema), more: z.boolean() }),
  /** Decisions of the last 24 hours; null where the person may not read the log. */
  decisions: z
    .strictObject({
      sinceAt: instantField,
      /** True where there were more than are counted: then the figures are of the latest. */
      capped: z.boolean(),
      allowed: z.number().int(),
      denied: z.number().int(),
      /** The same decisions by hour, counted back from now, the oldest first. */
      hours: z.array(decidedHourSchema).length(24),
      deniedTokens: z.array(
        z.strictObject({ id: z.string(), name: z.string().nullable(), count: z.number().int(), href: z.string() }),
      ),
      deniedTools: z.array(
        z.strictObject({
          tool: z.string(),
          serverId: idField.nullable(),
          serverName: z.string().nullable(),
          count: z.number().int(),
          href: z.string(),
        }),
      ),
      href: z.string(),
    })
    .nullable(),
  /** Servers whose tools wait for somebody: `drifted` changed or went away, `closed` have no scope yet. */
  servers: z.array(
    z.strictObject({
      id: idField,
      name: z.string(),
      drifted: z.number().int(),
      closed: z.number().int(),
      href: z.string(),
    }),
  ),
  /** Client secrets that live and are overdue by the policy, or will be soon; none where the person may not read agents. */
  secrets: z.strictObject({
    count: z.number().int(),
    /** The oldest first, `OVERVIEW_ROWS` at most. */
    secrets: z.array(
      z.strictObject({
        id: idField,
        /** `gth_cs_…` + last four. */
        masked: z.string(),
        agent: namedSchema,
        dueAt: instantField,
        /** In how many days, begun ones counted; null where it is overdue. */
        dueInDays: z.number().int().nullable(),
        lastUsedAt: instantField.nullable(),
      }),
    ),
  }),
  /** The steps to the first guarded call, in order. Null where the person cannot take them. */
  checklist: z
    .strictObject({
      done: z.boolean(),
      steps: z.array(
        z.strictObject({
          step: z.enum(["owner", "server", "tools", "role", "token", "validate"]),
          done: z.boolean(),
          href: z.string(),
        }),
      ),
    })
    .nullable(),
});
/** What needs attention today. */
export type OverviewDto = z.infer<typeof overviewSchema>;
