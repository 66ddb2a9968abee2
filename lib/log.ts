import "server-only";
import { format } from "node:util";
import pino from "pino";
import { redact, redactLine } from "@/lib/audit/redact";
import { env } from "@/lib/env";

/** `("message")` or `({ fields }, "message")`; values after the message fill its `%s`. */
type Write = (first: string | object, ...rest: unknown[]) => void;

/**
 * The log: JSON lines on standard error (standard output belongs to what the command line answers). Every field, message,
 * error and stack passes the redactor; a query string or fragment never gets through.
 */
export type Log = {
  debug: Write;
  info: Write;
  warn: Write;
  error: Write;
  /** True where `debug` lines are written: for those whose making costs something. */
  isDebug: () => boolean;
  /** The same log with fields on every line, such as `{ requestId }`. */
  child: (fields: object) => Log;
};

const LIMITS = { stringChars: 4000, depth: 6, items: 50, nodes: 1000 };
type Level = "debug" | "info" | "warn" | "error";

/** Query strings and fragments carry secrets (links, codes); what comes before them says enough. */
const AFTER_PATH = /((?:https?:\/\/|\/)[^\s?#"'`]{0,2000})([?#])[^\s"'`)\]]+/g;
/** Secrets of this process, wherever they turn up; a short one would blot out ordinary words. */
const MIN_KNOWN_SECRET_CHARS = 12;

function knownSecrets(): string[] {
  const settings = env();
  const secrets = [
    ...(settings.GATEHOUSE_SECRET ?? "").split(",").map((secret) => secret.trim()),
    settings.GATEHOUSE_ADMIN_PASSWORD,
    settings.GATEHOUSE_OIDC_CLIENT_SECRET,
    settings.GATEHOUSE_INTERNAL_SECRET,
    settings.DATABASE_URL && URL.canParse(settings.DATABASE_URL) ? new URL(settings.DATABASE_URL).password : undefined,
  ];
  const forms = secrets.flatMap((secret) =>
    secret ? [secret, encodeURIComponent(secret), lenientDecode(secret)] : [],
  );
  return [...new Set(forms)].filter((secret) => secret.length >= MIN_KNOWN_SECRET_CHARS);
}

function lenientDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function scrub(text: string, known: readonly string[]): string {
  let clean = text;
  for (const secret of known) clean = clean.replaceAll(secret, "[redacted]");
  return redactLine(clean, LIMITS.stringChars).replace(AFTER_PATH, "$1$2[redacted]");
}

function scrubAll(value: unknown, known: readonly string[]): unknown {
  if (typeof value === "string") return scrub(value, known);
  if (Array.isArray(value)) return value.map((item) => scrubAll(item, known));
  if (value !== null && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [scrub(key, known), scrubAll(item, known)]));
  return value;
}

/** Prisma quotes the whole query, values and all, in its messages: the last paragraph says what went wrong. */
function messageOf(error: Error): string {
  if (!error.name.startsWith("PrismaClient")) return error.message;
  return (
    error.message
      .trim()
      .split(/\n\s*\n|\n/)
      .at(-1) ?? ""
  );
}

function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const { code, internal } = error as Error & { code?: unknown; internal?: unknown };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    message: messageOf(error),
    ...(code === undefined ? {} : { code: String(code) }),
    ...(internal === undefined ? {} : { internal: String(internal) }),
    stack: frames.slice(0, 20).join("\n"),
    ...(error.cause === undefined || depth >= 3 ? {} : { cause: describeError(error.cause, depth + 1) }),
  };
}

/** Fields as they are written: errors told in full, everything redacted. */
function cleanFields(fields: object, known: readonly string[]): object {
  const plain =
    fields instanceof Error
      ? { err: describeError(fields) }
      : Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, describeError(value)]));
  return scrubAll(redact(plain, LIMITS), known) as object;
}

/** A log that writes to `destination` (standard error by default), from `level` on. */
export function createLog(
  options: { level?: string; destination?: { write: (line: string) => void }; known?: readonly string[] } = {},
): Log {
  const destination = options.destination ?? pino.destination({ dest: 2, sync: true });
  const known = options.known ?? knownSecrets();
  return wrap(
    pino(
      {
        level: options.level ?? env().GATEHOUSE_LOG_LEVEL,
        base: null,
        // The fields come redacted and plain; pino's own serializer would tell errors a second way.
        serializers: { err: (plain: unknown) => plain },
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
      },
      destination,
    ),
    known,
  );
}

function wrap(logger: pino.Logger, known: readonly string[]): Log {
  const writer =
    (level: Level): Write =>
    (first, ...rest) => {
      if (!logger.isLevelEnabled(level)) return;
      const fields = typeof first === "string" ? {} : cleanFields(first, known);
      const words = typeof first === "string" ? [first, ...rest] : rest;
      const parts = words.map((word) =>
        typeof word === "object" && word !== null ? JSON.stringify(cleanFields(word, known)) : word,
      );
      logger[level](fields, parts.length === 0 ? undefined : scrub(format(...parts), known));
    };
  return {
    debug: writer("debug"),
    info: writer("info"),
    warn: writer("warn"),
    error: writer("error"),
    isDebug: () => logger.isLevelEnabled("debug"),
    child: (fields) => wrap(logger.child(cleanFields(fields, known) as pino.Bindings), known),
  };
}

let shared: Log | undefined;
const ofProcess = (): Log => (shared ??= createLog());

/** The process's log, made at first use. `log.error({ err, requestId }, "The answer failed")`. */
export const log: Log = {
  debug: (...line) => ofProcess().debug(...line),
  info: (...line) => ofProcess().info(...line),
  warn: (...line) => ofProcess().warn(...line),
  error: (...line) => ofProcess().error(...line),
  isDebug: () => ofProcess().isDebug(),
  child: (fields) => ofProcess().child(fields),
};
