import "server-only";
import { z } from "zod";

/**
 * The only reader of `process.env` in `lib/`, `app/` and `components/`. Names and defaults are listed in
 * `docs/operations.md`. Parsed at first use and kept; a bad value is one sentence (`EnvError`).
 */
const commaList = z
  .string()
  .transform((text) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter(Boolean),
  )
  .optional();

/** What a bad value is told; zod's own words are for programmers. */
const PORT_RULE = "must be a whole number from 1 to 65535";
const ADDRESS_RULE = "must be an http or https address, such as https://gatehouse.example.com";

const ANCHOR_RULE = "must be files, folders that end with /, or https addresses, separated by commas";
const anchorList = commaList.refine(
  (places = []) => places.every((place) => !/^[a-z][a-z0-9+.-]*:/i.test(place) || isHttps(place)),
  ANCHOR_RULE,
);

function isHttps(place: string): boolean {
  return place.startsWith("https://") && URL.canParse(place);
}

const EnvSchema = z.object({
  NODE_ENV: z.string().optional(),
  PORT: z.coerce.number(PORT_RULE).int(PORT_RULE).min(1, PORT_RULE).max(65535, PORT_RULE).default(3000),
  HOST: z.string().min(1).default("127.0.0.1"),
  GATEHOUSE_URL: z
    .url({ protocol: /^https?$/, error: ADDRESS_RULE, abort: true })
    .refine((text) => new URL(text).pathname === "/" && !/[?#]/.test(text), "must have no path, query or fragment")
    .optional(),
  GATEHOUSE_DATA_DIR: z.string().min(1).default(".data"),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must start with postgresql://")
    .optional(),
  /** Redis or Valkey: rate limits are then counted over all processes together. */
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\/\S+$/, "must start with redis:// or rediss://")
    .optional(),
  GATEHOUSE_SECRET: z.string().min(32, "must have at least 32 characters").optional(),
  GATEHOUSE_ADMIN_EMAIL: z.email("must be an e-mail address").optional(),
  GATEHOUSE_ADMIN_PASSWORD: z.string().min(12, "must have at least 12 characters").optional(),
  GATEHOUSE_AUDIT: z.enum(["durable", "buffered"], "must be durable or buffered").default("durable"),
  /** Where checkpoints of the log go besides the database: a file, a folder (ends with "/"), an https address; several by commas. */
  GATEHOUSE_AUDIT_ANCHOR: anchorList,
  /** The folder that archives of the audit log go to; without one nothing of the log is ever dropped. */
  GATEHOUSE_AUDIT_ARCHIVE: z.string().min(1).optional(),
  GATEHOUSE_LOG_LEVEL: z
    .enum(["debug", "info", "warn", "error", "silent"], "must be debug, info, warn, error or silent")
    .default("info"),
  GATEHOUSE_TRUSTED_PROXIES: commaList,
  GATEHOUSE_OIDC_ISSUER: z.url({ protocol: /^https?$/, error: ADDRESS_RULE }).optional(),
  GATEHOUSE_OIDC_CLIENT_ID: z.string().min(1).optional(),
  GATEHOUSE_OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  GATEHOUSE_OIDC_NAME: z.string().max(40, "must have at most 40 characters").default("single sign-on"),
  /** Set by the launcher for authority and console; see `lib/http/internal.ts`. */
  GATEHOUSE_INTERNAL_SECRET: z.string().min(32).optional(),
});

/** A bad environment value, as one sentence for the operator. */
export class EnvError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "EnvError";
  }
}

export type Env = Omit<z.infer<typeof EnvSchema>, "GATEHOUSE_URL"> & {
  /** Public base URL without a trailing slash. */
  GATEHOUSE_URL: string;
};

/** Parses an environment. Empty strings count as unset. Throws `EnvError`. */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = EnvSchema.safeParse(present);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new EnvError(`${String(issue?.path[0] ?? "environment")} is not usable: ${issue?.message ?? "invalid"}.`);
  }
  const env = parsed.data;
  const oidc = [env.GATEHOUSE_OIDC_ISSUER, env.GATEHOUSE_OIDC_CLIENT_ID, env.GATEHOUSE_OIDC_CLIENT_SECRET];
  if (oidc.some(Boolean) && !oidc.every(Boolean)) {
    throw new EnvError(
      "GATEHOUSE_OIDC_ISSUER, GATEHOUSE_OIDC_CLIENT_ID and GATEHOUSE_OIDC_CLIENT_SECRET go together: set all three or none.",
    );
  }
  if (Boolean(env.GATEHOUSE_ADMIN_EMAIL) !== Boolean(env.GATEHOUSE_ADMIN_PASSWORD)) {
    throw new EnvError("GATEHOUSE_ADMIN_EMAIL and GATEHOUSE_ADMIN_PASSWORD go together: set both or neither.");
  }
  const url = env.GATEHOUSE_URL ?? `http://localhost:${env.PORT}`;
  return { ...env, GATEHOUSE_URL: new URL(url).origin };
}

let cached: Env | undefined;

/** The process's environment, parsed once. Throws `EnvError`. */
export function env(): Env {
  return (cached ??= parseEnv(process.env));
}
