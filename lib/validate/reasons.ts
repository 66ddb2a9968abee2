/**
 * Why a call was decided as it was, in order of precedence: the first that applies is the reason, `ok` where none does.
 */
export const REASONS = [
  "malformed",
  "unknown_token",
  "revoked",
  "expired",
  "not_yet_valid",
  "person_suspended",
  "agent_suspended",
  "server_disabled",
  "role_missing",
  "wrong_audience",
  "ip_not_allowed",
  "idle_timeout",
  "insufficient_scope",
  "unknown_tool",
  "rate_limited",
  "approval_required",
  "ok",
] as const;

export type Reason = (typeof REASONS)[number];

/**
 * The reasons under which a token still counts as `active`: it lives and is for the asking server, only this call may
 * not go ahead.
 */
export const ACTIVE_REASONS: ReadonlySet<Reason> = new Set<Reason>([
  "ip_not_allowed",
  "insufficient_scope",
  "unknown_tool",
  "rate_limited",
  "approval_required",
  "ok",
]);
