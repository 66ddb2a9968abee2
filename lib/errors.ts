/**
 * Every failure that a caller may see, by stable code. Statuses and titles live in `lib/http/status.ts` alone.
 * Expected outcomes (a denied decision, say) are values, not errors.
 */
export const ERROR_CODES = [
  // The request itself
  "malformed_json",
  "unsupported_media_type",
  "payload_too_large",
  "method_not_allowed",
  "route_not_found",
  "invalid_cursor",
  "invalid_request",
  "validation_failed",
  // Who is asking
  "unauthenticated",
  "forbidden",
  "reauthentication_required",
  "second_factor_required",
  "bad_origin",
  "too_many_attempts",
  // Not there, or not theirs to see
  "server_not_found",
  "key_not_found",
  "scope_not_found",
  "tool_not_found",
  "role_not_found",
  "person_not_found",
  "agent_not_found",
  "token_not_found",
  "client_not_found",
  "grant_not_found",
  "approval_not_found",
  "notice_not_found",
  "saved_search_not_found",
  "sink_not_found",
  "session_not_found",
  "entry_not_found",
  "entry_archived",
  "hold_not_found",
  "partition_not_found",
  "checkpoint_not_found",
  "tile_not_found",
  "link_not_found",
  // Clashes with what is there
  "name_taken",
  "email_taken",
  "slug_taken",
  "resource_taken",
  "already_rotated",
  "audit_key_waits",
  "already_decided",
  "approval_pending",
  "not_live",
  "not_suspended",
  "person_erased",
  "in_use",
  "builtin_immutable",
  "last_owner",
  "idempotency_key_reused",
  "idempotency_in_progress",
  "first_run_done",
  "write_conflict",
  // Well-formed, but not allowed by the domain's rules
  "role_not_held",
  "approval_required",
  "holder_inactive",
  "scope_not_in_role",
  "role_without_scope_on_server",
  "unknown_scope",
  "expiry_beyond_policy",
  "builtin_server_alone",
  "link_expired",
  "import_failed",
  "import_target_refused",
  "search_too_broad",
  "too_many_alerts",
  // Ours
  "log_fault",
  "unavailable",
  "internal",
] as const;

/** One of the stable codes. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * One field's fault: `path` is dotted (`items.0.token`), `message` is for people, `code` is stable. In a text that is parsed, such
 * as a query, `from` and `to` say where (UTF-16 units, `to` excluded).
 */
export type FieldError = { path: string; code: string; message: string; from?: number; to?: number };

const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  "unauthenticated",
  "forbidden",
  "reauthentication_required",
  "second_factor_required",
  "role_not_held",
]);

/**
 * A failure with a stable code. `detail` is public (never a secret, never an internal text); `internal` is for the log alone.
 */
export class GatehouseError extends Error {
  readonly code: ErrorCode;
  /** Public sentence for this occurrence; the code's title where absent. */
  readonly detail?: string;
  /** The fields at fault, where the failure is about fields. */
  readonly fields: readonly FieldError[];
  /** For the log alone. */
  readonly internal?: string;
  /** Seconds after which trying again makes sense, where known. */
  readonly retryAfterSeconds?: number;
  /** True where this is a refusal (not a mistake): `defineVerb` records those in the audit log. */
  readonly refusal: boolean;

  constructor(
    code: ErrorCode,
    options: {
      detail?: string;
      fields?: readonly FieldError[];
      internal?: string;
      retryAfterSeconds?: number;
      /** Set where a refusal wears another code: a `token_not_found` for somebody else's token. */
      refusal?: boolean;
      cause?: unknown;
    } = {},
  ) {
    super(options.detail ?? code, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "GatehouseError";
    this.code = code;
    this.detail = options.detail;
    this.fields = options.fields ?? [];
    this.internal = options.internal;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.refusal = options.refusal ?? REFUSALS.has(code);
  }
}

/** A failure that is about one field: `fieldError("expiry_beyond_policy", "expiresAt", "…")`. */
export function fieldError(code: ErrorCode, path: string, message: string): GatehouseError {
  return new GatehouseError(code, { detail: message, fields: [{ path, code, message }] });
}
