import type { AuditAction, Outcome, TargetKind } from "./catalogue";

/** What an action does, in one word. */
export type ActionKind = "create" | "read" | "modify" | "remove" | "authenticate" | "decide";

/** A part of an entry's body that not every entry has. */
export type EntryPart =
  | "agent"
  | "arguments"
  | "argumentsOmitted"
  | "callerRequestId"
  | "changes"
  | "clientIp"
  | "credential"
  | "details"
  | "durationMs"
  | "missingScopes"
  | "person"
  | "requiredScopes"
  | "role"
  | "server"
  | "servers"
  | "tool";

/** What is promised of every entry of an action. */
export type ActionFacts = {
  /** Never changes, and is never given to another action, whatever the name becomes. */
  code: number;
  kind: ActionKind;
  outcomes: readonly Outcome[];
  /** What `target` may be; it may also be left out. */
  targets: readonly TargetKind[];
  carries: readonly EntryPart[];
  /**
   * The reasons of its own, beside the codes of refusals (`lib/errors.ts`, and `bad_origin`); `free` where somebody gives one
   * in their own words.
   */
  reasons: readonly string[] | "free";
};

const act = (
  code: number,
  kind: ActionKind,
  outcomes: readonly Outcome[],
  targets: readonly TargetKind[],
  carries: readonly EntryPart[],
  reasons: readonly string[] | "free" = [],
): ActionFacts => ({ code, kind, outcomes, targets, carries, reasons });

const DONE = ["success", "denied"] as const;
const REFUSED = ["denied"] as const;
const TOLD = ["success"] as const;
const DECIDED = ["allow", "deny"] as const;
/** Why a call is denied (`lib/validate/reasons.ts`, which may not be imported here). */
const DENIALS = [
  "malformed", "unknown_token", "revoked", "expired", "not_yet_valid", "person_suspended", "agent_suspended", "server_disabled", "role_missing",
  "wrong_audience", "ip_not_allowed", "idle_timeout", "insufficient_scope", "unknown_tool", "rate_limited", "approval_required",
] as const; // prettier-ignore

/**
 * What each action promises; what it means says `AUDIT_ACTIONS`. Add a line for a new one, with the next code of its area:
 * `docs/audit-events.md` is made from here (`npm run audit-events`), and a test holds every entry against it.
 */
// prettier-ignore
export const ACTION_FACTS: Readonly<Record<AuditAction, ActionFacts>> = {
  "instance.start": act(1001, "modify", TOLD, ["instance"], ["details"]),
  "instance.stop": act(1002, "modify", TOLD, ["instance"], ["details"]),
  "instance.backup": act(1003, "read", TOLD, ["instance"], ["details"]),
  "instance.update": act(1004, "modify", DONE, ["instance"], ["changes"]),
  "server.create": act(1101, "create", DONE, ["server"], ["changes", "server"]),
  "server.update": act(1102, "modify", DONE, ["server"], ["changes", "server"]),
  "server.disable": act(1103, "modify", DONE, ["server"], ["changes", "server"]),
  "server.enable": act(1104, "modify", DONE, ["server"], ["changes", "server"]),
  "server.diagnose": act(1105, "read", REFUSED, [], ["details"]),
  "key.issue": act(1201, "create", DONE, ["key", "server"], ["changes", "credential", "server"]),
  "key.rotate": act(1202, "modify", DONE, ["key"], ["changes", "credential", "details", "server"]),
  "key.revoke": act(1203, "remove", DONE, ["key"], ["changes", "credential", "server"], "free"),
  "key.refuse": act(1204, "authenticate", REFUSED, [], [], ["no_key", "bad_key"]),
  "scope.create": act(1301, "create", DONE, ["scope", "server"], ["changes", "server"]),
  "scope.update": act(1302, "modify", DONE, ["scope"], ["changes", "server"]),
  "scope.delete": act(1303, "remove", DONE, ["scope"], ["changes", "details", "server"]),
  "tool.import": act(1401, "modify", DONE, ["server"], ["details", "server"]),
  "tool.create": act(1402, "create", DONE, ["tool", "server"], ["changes", "server", "tool"]),
  "tool.update": act(1403, "modify", DONE, ["tool"], ["changes", "server", "tool"]),
  "tool.accept": act(1404, "modify", DONE, ["tool"], ["changes", "details", "server", "tool"]),
  "tool.delete": act(1405, "remove", DONE, ["tool"], ["changes", "server", "tool"]),
  "tool.call": act(1406, "decide", ["success", "failure", "denied"], [], ["agent", "arguments", "argumentsOmitted", "callerRequestId", "credential", "details", "durationMs", "person", "role", "server", "tool"], ["ok", "error", "denied"]),
  "role.create": act(1501, "create", DONE, ["role"], ["changes", "role", "server", "servers"]),
  "role.update": act(1502, "modify", DONE, ["role"], ["changes", "role", "server", "servers"]),
  "role.archive": act(1503, "remove", DONE, ["role"], ["changes", "role", "server", "servers"]),
  "role.assign": act(1504, "modify", DONE, ["person", "agent"], ["agent", "person", "role"]),
  "role.unassign": act(1505, "modify", DONE, ["person", "agent"], ["agent", "person", "role"]),
  "person.create": act(1601, "create", DONE, ["person"], ["changes", "person"]),
  "person.invite": act(1602, "create", DONE, ["person"], ["changes", "person"]),
  "person.accept_invitation": act(1603, "authenticate", DONE, ["person"], ["changes", "person"]),
  "person.first_run": act(1604, "create", DONE, ["person"], ["changes", "details", "person"], ["raised"]),
  "person.update": act(1605, "modify", DONE, ["person"], ["changes", "details", "person"]),
  "person.suspend": act(1606, "modify", DONE, ["person"], ["changes", "details", "person"]),
  "person.activate": act(1607, "modify", DONE, ["person"], ["changes", "details", "person"]),
  "person.password_change": act(1608, "modify", DONE, ["person"], ["details", "person"], ["bad_password", "no_password", "throttled"]),
  "person.password_reset": act(1609, "modify", DONE, ["person"], ["details", "person"], ["link_made"]),
  "person.erase": act(1617, "remove", DONE, ["person"], ["details", "person"]),
  "person.unlink_identity": act(1610, "modify", DONE, ["person"], ["changes", "details", "person"]),
  "person.second_factor_enrol": act(1611, "create", DONE, ["person"], ["details", "person"], ["replaced", "bad_code", "throttled"]),
  "person.second_factor_remove": act(1612, "remove", DONE, ["person"], ["person"]),
  "person.second_factor_reset": act(1613, "remove", DONE, ["person"], ["details", "person"]),
  "person.recovery_codes_renew": act(1614, "modify", DONE, ["person"], ["person"]),
  "person.recovery_code_use": act(1615, "authenticate", DONE, ["person"], ["details", "person"]),
  "agent.create": act(1701, "create", DONE, ["agent"], ["agent", "changes", "person"]),
  "agent.update": act(1702, "modify", DONE, ["agent"], ["agent", "changes", "details", "person"]),
  "agent.suspend": act(1703, "modify", DONE, ["agent"], ["agent", "changes", "details", "person"]),
  "agent.activate": act(1704, "modify", DONE, ["agent"], ["agent", "changes", "details", "person"]),
  "token.mint": act(1801, "create", DONE, ["token", "person", "agent"], ["agent", "changes", "credential", "person", "role", "server", "servers"]),
  "token.update": act(1802, "modify", DONE, ["token"], ["agent", "changes", "credential", "person", "role", "server", "servers"]),
  "token.rotate": act(1803, "modify", DONE, ["token"], ["agent", "changes", "credential", "details", "person", "role", "server", "servers"]),
  "token.revoke": act(1804, "remove", ["success", "failure", "denied"], ["token"], ["agent", "changes", "credential", "details", "person", "role", "server", "servers"], "free"),
  "token.revoke_many": act(1805, "remove", DONE, ["agent", "person", "role", "server"], ["agent", "details", "person", "role", "server"], "free"),
  "token.revoke_all": act(1806, "remove", DONE, ["instance"], ["details"], "free"),
  "grant.give": act(1901, "create", DONE, ["grant"], ["agent", "details", "person", "requiredScopes", "server"]),
  "grant.refuse": act(1902, "decide", DONE, ["agent"], ["agent", "details", "person", "server"], ["second_factor_not_given"]),
  "grant.narrow": act(1903, "modify", DONE, ["grant"], ["agent", "changes", "person", "server"], "free"),
  "grant.revoke": act(1904, "remove", DONE, ["grant"], ["agent", "changes", "details", "person", "server"], "free"),
  "approval.ask": act(2001, "create", DONE, ["approval"], ["agent", "details", "person", "requiredScopes", "server"], "free"),
  "approval.decide": act(2002, "decide", DONE, ["approval"], ["agent", "changes", "details", "person", "requiredScopes", "server"], "free"),
  "approval.end": act(2003, "remove", DONE, ["approval"], ["agent", "changes", "person", "server"]),
  "oauth.issue": act(2101, "create", DONE, ["token", "agent"], ["agent", "credential", "details", "person", "server"]),
  "oauth.refresh": act(2102, "create", DONE, ["token", "agent"], ["agent", "credential", "details", "person", "server"]),
  "oauth.exchange": act(2103, "create", DONE, ["token", "agent"], ["agent", "credential", "details", "person", "server"]),
  "oauth.reuse": act(2104, "decide", REFUSED, ["grant"], ["agent", "details", "person", "server"], ["refresh_token_reuse"]),
  "oauth.refuse": act(2105, "decide", REFUSED, ["agent"], ["agent", "details"], "free"),
  "notice.dismiss": act(2901, "modify", DONE, ["notice"], ["agent", "changes", "details", "person", "server"]),
  "client.register": act(2201, "create", DONE, ["agent"], ["agent", "changes", "details"]),
  "client.update": act(2202, "modify", DONE, ["agent"], ["agent", "changes", "details", "server"]),
  "client.forget": act(2203, "remove", DONE, ["agent"], ["agent"]),
  "client.secret_issue": act(2204, "create", DONE, ["secret", "agent"], ["agent", "changes", "credential"]),
  "client.secret_revoke": act(2205, "remove", DONE, ["secret"], ["agent", "changes", "credential"], "free"),
  "issuer.set": act(2301, "modify", DONE, ["issuer"], ["changes"]),
  "issuer.remove": act(2302, "remove", DONE, ["issuer"], ["changes"]),
  "signing_key.rotate": act(2401, "create", DONE, ["signing_key"], ["details"]),
  "token.validate": act(1807, "decide", DECIDED, ["token"], ["agent", "arguments", "argumentsOmitted", "callerRequestId", "clientIp", "credential", "details", "durationMs", "missingScopes", "person", "requiredScopes", "role", "server", "tool"], ["ok", ...DENIALS]),
  "token.introspect": act(1808, "decide", DECIDED, ["token"], ["agent", "clientIp", "credential", "durationMs", "missingScopes", "person", "requiredScopes", "role", "server"], ["ok", ...DENIALS]),
  "session.sign_in": act(2501, "authenticate", DONE, ["session", "person"], ["details", "person"], ["unknown_account", "not_accepted", "no_password", "bad_password", "suspended", "throttled", "email_not_verified", "not_invited", "linked_to_another", "provider_answer_refused"]),
  "session.sign_out": act(2502, "authenticate", DONE, ["session"], ["person"]),
  "session.reauthenticate": act(2503, "authenticate", DONE, ["session", "person"], ["details", "person"], ["bad_password", "no_password", "bad_code", "throttled"]),
  "session.second_factor_ask": act(2504, "authenticate", DONE, ["person"], ["person"]),
  "session.second_factor": act(2505, "authenticate", DONE, ["session", "person"], ["details", "person"], ["not_pending", "bad_code", "throttled"]),
  "session.revoke": act(2506, "remove", DONE, ["session", "person"], ["details", "person"], ["all_others", "all"]),
  "audit.search": act(2601, "read", DONE, ["audit"], ["details"]),
  "audit.export": act(2602, "read", DONE, ["audit"], ["details"]),
  "audit.read": act(2603, "read", DONE, ["audit"], ["details"]),
  "audit.alert": act(2604, "decide", TOLD, ["saved_search"], ["details", "person"]),
  "audit.fault": act(2620, "decide", TOLD, ["audit"], ["details"]),
  "audit.mend": act(2621, "decide", TOLD, ["audit"], ["details"]),
  "saved_search.create": act(3001, "create", DONE, ["saved_search"], ["changes", "person"]),
  "saved_search.update": act(3002, "modify", DONE, ["saved_search"], ["changes", "person"]),
  "saved_search.delete": act(3003, "remove", DONE, ["saved_search"], ["changes", "person"]),
  "saved_search.read": act(3004, "read", REFUSED, [], []),
  "api.refuse": act(2701, "authenticate", REFUSED, [], ["agent", "credential", "person", "role", "server"], ["no_token", ...DENIALS]),
  "overview.read": act(2801, "read", REFUSED, [], []),
  "instance.read": act(1005, "read", REFUSED, [], []),
  "server.read": act(1106, "read", REFUSED, ["server", "scope", "tool"], []),
  "role.read": act(1506, "read", REFUSED, ["role"], []),
  "person.read": act(1616, "read", REFUSED, ["person"], []),
  "agent.read": act(1705, "read", REFUSED, ["agent"], []),
  "token.read": act(1809, "read", REFUSED, ["token"], []),
  "session.read": act(2507, "read", REFUSED, [], []),
  "grant.read": act(1906, "read", REFUSED, ["grant"], []),
  "notice.read": act(2902, "read", REFUSED, [], []),
  "audit_key.create": act(3101, "create", DONE, ["audit_key"], ["details"]),
  "audit_key.rotate": act(3102, "modify", DONE, ["audit_key"], ["details"]),
  "sink.create": act(3201, "create", DONE, ["sink"], ["details"]),
  "sink.update": act(3202, "modify", DONE, ["sink"], ["changes", "details"]),
  "sink.pause": act(3203, "modify", DONE, ["sink"], ["changes", "details"]),
  "sink.resume": act(3204, "modify", DONE, ["sink"], ["changes", "details"]),
  "sink.test": act(3205, "read", ["success", "failure", "denied"], ["sink"], ["details", "durationMs"]),
  "sink.replay": act(3206, "modify", DONE, ["sink"], ["changes", "details"]),
  "sink.delete": act(3207, "remove", DONE, ["sink"], ["details"]),
  "sink.retry": act(3208, "modify", DONE, ["sink"], ["details"]),
  "sink.discard": act(3209, "remove", DONE, ["sink"], ["details"]),
  "audit.retain": act(3301, "remove", DONE, ["audit_partition"], ["details"]),
  "retention.update": act(3302, "modify", DONE, ["instance"], ["changes"]),
  "retention.read": act(3303, "read", REFUSED, [], []),
  "hold.place": act(3304, "create", DONE, ["hold"], ["details"], "free"),
  "hold.release": act(3305, "remove", DONE, ["hold"], ["details"], "free"),
  "sink.read": act(3210, "read", REFUSED, ["sink"], []),
};
