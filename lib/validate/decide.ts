import type { Access, AuditLevel } from "@/lib/server/schema";
import { effectiveScopes, type TokenKind } from "@/lib/token/effective";
import { addressAllowed } from "./address";
import { ACTIVE_REASONS, type Reason } from "./reasons";

/** What is known of the server that asks. */
export type ServerFacts = {
  id: string;
  name: string;
  resource: string;
  disabled: boolean;
  /** Decides nothing: whether the log keeps the arguments of its calls. */
  auditLevel: AuditLevel;
  /** True where OAuth tokens must be bound to a key: one that is bound to none counts for nothing, whenever it was issued. */
  requireDpop: boolean;
  offered: readonly { name: string; access: Access }[];
};

/** What is known of a token, as far as it concerns the server that asks. Times in Unix seconds. */
export type TokenFacts = {
  /** Of an OAuth token: its `jti`. */
  id: string;
  /** Of an OAuth token: the agent's. */
  name: string;
  kind: TokenKind | "oauth";
  masked: string;
  revoked: boolean;
  issuedAtSeconds: number;
  notBeforeSeconds: number | null;
  expiresAtSeconds: number;
  /** End of the overlap after a rotation; null where it was not rotated. */
  retiresAtSeconds: number | null;
  /** True where the asking server is one of the token's. */
  forServer: boolean;
  /** The token's own scopes on the asking server; null where it follows its role. */
  narrowed: readonly string[] | null;
  allowedCidrs: readonly string[];
  rateLimit: { limit: number; windowSeconds: number } | null;
  person: { id: string; name: string; nameRef: string; email: string; suspended: boolean } | null;
  agent: { id: string; name: string; suspended: boolean } | null;
  /** A static token's role; of an OAuth token, all roles that its person (the agent where there is none) has on the server. */
  role: {
    /** Null where they are several, or none. */
    id: string | null;
    name: string;
    archived: boolean;
    /** True where the holder (the person; the agent where there is none) has it now. */
    held: boolean;
    /** Its patterns on the asking server. */
    patterns: readonly string[];
  };
  /** What only OAuth tokens have. */
  oauth?: {
    format: "jwt" | "opaque";
    /** What the agent calls itself as an OAuth client. */
    clientId: string | null;
    /** Null where the agent acts in its own name. */
    grantId: string | null;
    /** All roles of the holder, also those that say nothing about this server yet. */
    roleIds: readonly string[];
    /** The only tools that it opens; null where its scopes say that. */
    tools: readonly string[] | null;
    /** Thumbprint of the key whose possession its bearer must prove (RFC 9449); null for a mere bearer token. */
    jkt: string | null;
    /** True where its agent must hold a key for every token: one that is bound to none counts for nothing. */
    requireDpop: boolean;
    /** True where an admin must agree to the agent, or to one that it was exchanged from, and has not. */
    unapproved: boolean;
    /** When the first of the approvals ends that its agents and scopes rest on; null where none does. */
    approvedUntilSeconds: number | null;
    /** Its access ends where it has made no allowed call for so long; null where that does not matter. */
    idle: { timeoutSeconds: number; lastUsedSeconds: number } | null;
    /** When the person proved who they are, and of what class that was (RFC 9470); null where nobody did for this token. */
    authTimeSeconds: number | null;
    acr: string | null;
    /** Agents that act through one another for the person, outermost first (`act`, RFC 8693). */
    actors: readonly string[];
    /** The tokens that it was exchanged from, and their agents: it lives only while all of them do. */
    line: { tokens: readonly string[]; agents: readonly string[] };
  };
};

/** Everything that a decision rests on, read in one snapshot. */
export type Facts = {
  server: ServerFacts;
  /** `malformed`: form or checksum is wrong, nothing was looked up. `unknown`: nothing is stored under its hash. */
  token: TokenFacts | "malformed" | "unknown";
  /** The tool that was asked for, as the server lists it; null where it does not, or where no tool was asked for. */
  tool: { name: string; scopes: readonly string[] } | null;
  /** True where the token's window is full. Asked only for calls that would be allowed otherwise. */
  rateLimited: boolean;
};

/** What the decision is about. */
export type CallRequest = {
  tool?: string;
  scopes?: readonly string[];
  resource?: string;
  clientIp?: string;
  /** Thumbprint of the key that the bearer proved to hold (DPoP); empty where the proof failed. */
  boundTo?: string;
};

/** The outcome of one call. `reason` is the true one, for the log; `present.ts` says what the caller may learn. */
export type Decision = {
  decision: "allow" | "deny";
  reason: Reason;
  active: boolean;
  /** Effective scopes on the asking server: empty where the token is not active. */
  scopes: readonly string[];
  /** The tool's scopes and the requested ones. */
  requiredScopes: readonly string[];
  missingScopes: readonly string[];
};

/** One spelling of a resource URI: case of scheme and host, default port and one trailing slash do not matter. */
export function normaliseResource(resource: string): string {
  const text = URL.canParse(resource) ? new URL(resource).href : resource;
  return text.endsWith("/") ? text.slice(0, -1) : text;
}

type Case = { facts: Facts; token: TokenFacts; request: CallRequest; nowSeconds: number; missing: readonly string[] };

/**
 * What can be wrong with a known token or the call, in the order of precedence of the contract. Our own clock on both
 * sides, so no skew: a token starts at `notBefore` and has ended at `expiresAt`. The end of a rotation's overlap was set
 * by an admin as an early end, so it reads as `revoked`, not as `expired`.
 */
const FAULTS: readonly (readonly [Reason, (c: Case) => boolean])[] = [
  // A token that is bound to a key is none without it, nor one that is bound to none with it (RFC 9449 §4.3).
  [
    "malformed",
    ({ facts, token, request }) =>
      (token.oauth?.jkt ?? undefined) !== request.boundTo ||
      (token.oauth?.jkt === null && (facts.server.requireDpop || token.oauth.requireDpop)),
  ],
  ["revoked", ({ token, nowSeconds }) => token.revoked || retired(token, nowSeconds)],
  ["expired", ({ token, nowSeconds }) => !(nowSeconds < token.expiresAtSeconds)],
  [
    "not_yet_valid",
    ({ token, nowSeconds }) => token.notBeforeSeconds !== null && !(nowSeconds >= token.notBeforeSeconds),
  ],
  ["person_suspended", ({ token }) => token.person?.suspended ?? false],
  ["agent_suspended", ({ token }) => token.agent?.suspended ?? false],
  ["server_disabled", ({ facts }) => facts.server.disabled],
  ["role_missing", ({ token }) => token.role.archived || !token.role.held || (!token.person && !token.agent)],
  ["wrong_audience", (c) => !c.token.forServer || otherResource(c)],
  ["ip_not_allowed", ({ token, request }) => !addressAllowed(request.clientIp, token.allowedCidrs)],
  ["idle_timeout", ({ token, nowSeconds }) => isIdle(token, nowSeconds)],
  ["insufficient_scope", (c) => c.missing.length > 0 || undeclared(c)],
  ["unknown_tool", ({ facts, request }) => request.tool !== undefined && !facts.tool?.scopes.length],
  ["rate_limited", ({ facts }) => facts.rateLimited],
  ["approval_required", ({ token }) => token.oauth?.unapproved ?? false],
];

/** Usage figures are written every few seconds: so much later than the call that they tell of, at most, seconds. */
const USE_KNOWN_WITHIN_SECONDS = 30;

/** True where nobody has used the token's grant for longer than its agent may rest. */
function isIdle({ oauth }: TokenFacts, nowSeconds: number): boolean {
  if (!oauth?.idle) return false;
  return !(nowSeconds <= oauth.idle.lastUsedSeconds + oauth.idle.timeoutSeconds + USE_KNOWN_WITHIN_SECONDS);
}

/**
 * True where cached facts of an OAuth token may have changed by themselves: an approval has ended, or the agent has rested for
 * so long that its uses elsewhere count. Then they are read again.
 */
export function mayHaveLapsed(
  { approvedUntilSeconds, idle }: NonNullable<TokenFacts["oauth"]>,
  nowSeconds: number,
): boolean {
  if (approvedUntilSeconds !== null && !(nowSeconds < approvedUntilSeconds)) return true;
  return idle !== null && !(nowSeconds <= idle.lastUsedSeconds + idle.timeoutSeconds / 2);
}

/** True where the person consented to certain tools, and this is another. */
function undeclared({ token, request, facts }: Case): boolean {
  const tools = token.oauth?.tools;
  return Boolean(tools && request.tool !== undefined && facts.tool && !tools.includes(request.tool));
}

/** True after a rotation's overlap; where that ends only with the token's own life, the token expires as any other. */
function retired({ retiresAtSeconds, expiresAtSeconds }: TokenFacts, nowSeconds: number): boolean {
  if (retiresAtSeconds === null || retiresAtSeconds >= expiresAtSeconds) return false;
  return !(nowSeconds < retiresAtSeconds);
}

function otherResource({ facts, request }: Case): boolean {
  return (
    request.resource !== undefined && normaliseResource(request.resource) !== normaliseResource(facts.server.resource)
  );
}

/** Decides one call. Pure: the same facts, request and time always give the same decision. */
export function decide(facts: Facts, request: CallRequest, nowSeconds: number): Decision {
  const requiredScopes = requiredBy(facts, request);
  if (facts.token === "malformed") return refused("malformed", requiredScopes);
  if (facts.token === "unknown") return refused("unknown_token", requiredScopes);
  const token = facts.token;
  const scopes = token.forServer ? scopesOf(facts.server, token) : NONE;
  const missing = requiredScopes.every((scope) => scopes.includes(scope))
    ? NONE
    : requiredScopes.filter((scope) => !scopes.includes(scope));
  const found = FAULTS.find(([, applies]) => applies({ facts, token, request, nowSeconds, missing }));
  const reason = found?.[0] ?? "ok";
  if (!ACTIVE_REASONS.has(reason)) return refused(reason, requiredScopes);
  return {
    decision: reason === "ok" ? "allow" : "deny",
    reason,
    active: true,
    scopes,
    requiredScopes,
    missingScopes: missing,
  };
}

const NONE: readonly string[] = Object.freeze([]);

// Cached facts come back call after call as the same objects, and never change: so neither does what follows from them.

const byTool = new WeakMap<readonly string[], readonly string[]>();

function requiredBy({ tool }: Facts, { scopes = NONE }: CallRequest): readonly string[] {
  if (!tool || scopes.length > 0) return distinct([...(tool?.scopes ?? NONE), ...scopes]);
  const before = byTool.get(tool.scopes);
  if (before) return before;
  const required = distinct(tool.scopes);
  byTool.set(tool.scopes, required);
  return required;
}

const distinct = (scopes: readonly string[]): readonly string[] =>
  scopes.length === 0 ? NONE : Object.freeze([...new Set(scopes)].sort());

const known = new WeakMap<TokenFacts, { server: ServerFacts; scopes: readonly string[] }>();

function scopesOf(server: ServerFacts, token: TokenFacts): readonly string[] {
  const before = known.get(token);
  if (before?.server === server) return before.scopes;
  const scopes = Object.freeze(
    effectiveScopes({
      kind: token.kind,
      narrowed: token.narrowed,
      rolePatterns: token.role.patterns,
      offered: server.offered,
    }),
  );
  known.set(token, { server, scopes });
  return scopes;
}

/** A token that is not active may do nothing: it has no scopes, and misses none in particular. */
function refused(reason: Reason, requiredScopes: readonly string[]): Decision {
  return { decision: "deny", reason, active: false, scopes: NONE, requiredScopes, missingScopes: NONE };
}
