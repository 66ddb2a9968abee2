import "server-only";

/** Why a call that Gatehouse itself made came to nothing. */
export type OutgoingReason =
  | "refused_address"
  | "redirect"
  | "too_large"
  | "too_slow"
  | "unresolved"
  | "connection_refused"
  | "connection_lost"
  | "tls"
  | "unreachable";

/** A call that came to nothing. The message is a sentence for people; it never holds anything that the other side sent. */
export class OutgoingFailure extends Error {
  readonly reason: OutgoingReason;
  constructor(reason: OutgoingReason, message: string) {
    super(message);
    this.name = "OutgoingFailure";
    this.reason = reason;
  }
}

const BY_CODE: [RegExp, OutgoingReason, string][] = [
  [/^(ENOTFOUND|EAI_\w+)$/, "unresolved", "The host name does not resolve."],
  [/^ECONNREFUSED$/, "connection_refused", "Nothing listens at this address: the connection was refused."],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET|HPE_\w+)$/, "connection_lost", "The connection broke off."],
  [/^(ETIMEDOUT|UND_ERR_\w*TIMEOUT)$/, "too_slow", "The server did not answer in time."],
  [/(CERT|_SSL_|_TLS_|^EPROTO$|SIGNATURE)/, "tls", "No trusted TLS connection could be made."],
];

/** What any error of a call means. Looks through causes, because `fetch` wraps everything in `fetch failed`. */
export function outgoingFailure(error: unknown): OutgoingFailure {
  let cause: unknown = error;
  for (let depth = 0; depth < 6 && typeof cause === "object" && cause !== null; depth++) {
    if (cause instanceof OutgoingFailure) return cause;
    const inner: unknown = cause instanceof AggregateError ? (cause.errors as unknown[])[0] : undefined;
    const { code, cause: next } = cause as { code?: unknown; cause?: unknown };
    if (typeof code === "string") {
      for (const [pattern, reason, message] of BY_CODE) {
        if (pattern.test(code)) return new OutgoingFailure(reason, message);
      }
    }
    cause = next ?? inner;
  }
  return new OutgoingFailure("unreachable", "The server cannot be reached.");
}
