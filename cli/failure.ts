import { GatehouseError, type FieldError } from "@/lib/errors";
import { HTTP_ERRORS } from "@/lib/http/status";

/** What the process ends with. */
export const EXIT = { ok: 0, failed: 1, usage: 2, notFound: 3, refused: 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A failure that the person at the terminal should see: one sentence, and how the process ends. */
export class CliError extends Error {
  constructor(
    readonly exit: ExitCode,
    readonly code: string,
    message: string,
    readonly fields: readonly Omit<FieldError, "code">[] = [],
  ) {
    super(message);
    this.name = "CliError";
  }
}

/** A command was called in a way it does not understand. */
export const usageError = (message: string): CliError => new CliError(EXIT.usage, "usage", message);

/** Any throw as a `CliError`; null where it is a bug of ours, which is worth its stack. */
export function toCliError(error: unknown): CliError | null {
  if (error instanceof CliError) return error;
  if (!(error instanceof GatehouseError)) return null;
  const { status, title } = HTTP_ERRORS[error.code];
  const said = error.detail ?? title;
  const fields = error.fields.map(({ code: _code, ...field }) => field);
  const places = fields.filter(({ message }) => message !== said).map(({ path, message }) => `${path} ${message}`);
  const sentence = places.length > 0 ? `${said.replace(/\.$/, "")}: ${places.join("; ")}` : said;
  return new CliError(exitFor(error.code, status), error.code, sentence, fields);
}

function exitFor(code: string, status: number): ExitCode {
  if (code.endsWith("_not_found")) return EXIT.notFound;
  if (status === 401 || status === 403 || status === 429 || status === 503) return EXIT.refused;
  if (code === "validation_failed" || code === "invalid_request" || code === "invalid_cursor") return EXIT.usage;
  return EXIT.failed;
}
