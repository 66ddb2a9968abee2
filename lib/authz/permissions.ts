import type { ConsoleRole } from "@/lib/person/console-role";

/**
 * Everything that can be permitted, once. `.own` variants reach only what belongs to the asking person;
 * whoever holds the full permission needs no `.own`.
 */
export const PERMISSIONS = [
  "overview.read",
  "server.read",
  "server.read.own",
  "server.write",
  "key.write",
  "tool.write",
  "scope.write",
  "role.read",
  "role.read.own",
  "role.write",
  "role.assign",
  "person.read",
  "person.read.own",
  "person.write",
  /** Making, changing or suspending owners and admins. */
  "person.elevate",
  /** Erasing somebody for good. */
  "person.erase",
  "agent.read",
  "agent.read.own",
  "agent.write",
  "token.read",
  "token.read.own",
  "token.mint",
  "token.mint.own",
  "token.write",
  "token.write.own",
  "token.rotate",
  "token.rotate.own",
  "token.revoke",
  "token.revoke.own",
  /** Revoking by agent, person, server, role, or everything. */
  "token.revoke.many",
  "session.read.own",
  "session.revoke.own",
  "session.revoke",
  /** Giving a code of one's own second factor, or setting up the first one. */
  "second_factor.prove.own",
  /** Replacing or removing one's own second factor, and new recovery codes. */
  "second_factor.write.own",
  /** Taking somebody's second factor off, who has lost it. */
  "second_factor.reset",
  /** Forgetting who a person is at the OpenID provider. */
  "identity.unlink",
  "identity.unlink.own",
  "grant.read",
  "grant.read.own",
  /** Letting an agent act for oneself. */
  "grant.give.own",
  "grant.revoke",
  "grant.revoke.own",
  /** Agreeing to what people ask about agents. */
  "approval.decide",
  /** What all admins are told. */
  "notice.read",
  "notice.read.own",
  /** Marking as seen. */
  "notice.dismiss",
  "notice.dismiss.own",
  "audit.read",
  "audit.export",
  /** Where the audit log is shipped to. */
  "sink.read",
  "sink.write",
  /** How long the log is kept, its partitions and legal holds. */
  "retention.read",
  /** Saying how long the log is kept. */
  "retention.write",
  /** Placing and releasing legal holds. */
  "hold.write",
  /** The instance's policy: who may become a client, how long access lasts. */
  "policy.read",
  "policy.write",
  /** Getting tokens at the token endpoint. */
  "oauth.issue",
  "token.validate",
  "toolcall.record",
] as const;

export type Permission = (typeof PERMISSIONS)[number];

const MEMBER = [
  "overview.read",
  "server.read.own",
  "role.read.own",
  "person.read.own",
  "agent.read.own",
  "token.read.own",
  "token.mint.own",
  "token.write.own",
  "token.rotate.own",
  "token.revoke.own",
  "session.read.own",
  "session.revoke.own",
  "second_factor.prove.own",
  "second_factor.write.own",
  "identity.unlink.own",
  "grant.read.own",
  "grant.give.own",
  "grant.revoke.own",
  "notice.read.own",
  "notice.dismiss.own",
] as const satisfies readonly Permission[];

const AUDITOR = [
  "overview.read",
  "server.read",
  "role.read",
  "person.read",
  "agent.read",
  "token.read",
  "audit.read",
  "audit.export",
  "sink.read",
  "retention.read",
  "policy.read",
  "session.read.own",
  "session.revoke.own",
  "second_factor.prove.own",
  "second_factor.write.own",
  "identity.unlink.own",
  "grant.read",
  "grant.give.own",
  "grant.revoke.own",
  "notice.read",
  "notice.read.own",
  "notice.dismiss.own",
] as const satisfies readonly Permission[];

const ADMIN = [
  ...MEMBER,
  ...AUDITOR,
  "server.write",
  "key.write",
  "tool.write",
  "scope.write",
  "role.write",
  "role.assign",
  "person.write",
  "agent.write",
  "token.mint",
  "token.write",
  "token.rotate",
  "token.revoke",
  "token.revoke.many",
  "session.revoke",
  "second_factor.reset",
  "identity.unlink",
  "grant.revoke",
  "approval.decide",
  "notice.dismiss",
  "policy.write",
  "sink.write",
  "hold.write",
] as const satisfies readonly Permission[];

/** What each console role may do. An auditor reads everything and changes nothing but what is their own: sessions, ways to sign in, connected agents. */
export const CONSOLE_ROLE_PERMISSIONS: Record<ConsoleRole, ReadonlySet<Permission>> = {
  owner: new Set<Permission>([...ADMIN, "person.elevate", "person.erase", "retention.write"]),
  admin: new Set<Permission>(ADMIN),
  auditor: new Set<Permission>(AUDITOR),
  member: new Set<Permission>(MEMBER),
};

/** What each scope of the built-in server `gatehouse` permits on the admin API. */
export const ADMIN_SCOPE_PERMISSIONS: Record<string, readonly Permission[]> = {
  "servers:read": ["server.read"],
  "servers:write": ["server.read", "server.write", "key.write", "tool.write", "scope.write"],
  "roles:read": ["role.read"],
  "roles:write": ["role.read", "role.write", "role.assign"],
  "people:read": ["person.read"],
  "people:write": [
    "person.read",
    "person.write",
    "person.elevate",
    "person.erase",
    "session.revoke",
    "second_factor.reset",
    "identity.unlink",
  ],
  "agents:read": ["agent.read"],
  "agents:write": ["agent.read", "agent.write"],
  "tokens:read": ["token.read"],
  "tokens:write": ["token.read", "token.mint", "token.write", "token.rotate", "token.revoke", "token.revoke.many"],
  "tokens:revoke": ["token.read", "token.revoke", "token.revoke.many"],
  "audit:read": ["audit.read", "audit.export"],
  "sinks:read": ["sink.read"],
  "sinks:write": ["sink.read", "sink.write"],
  "retention:read": ["retention.read"],
  "retention:write": ["retention.read", "retention.write", "hold.write"],
  "policy:read": ["policy.read"],
  "policy:write": ["policy.read", "policy.write"],
  "grants:read": ["grant.read", "notice.read"],
  "grants:write": ["grant.read", "grant.revoke", "approval.decide", "notice.read", "notice.dismiss"],
};

const ALL: ReadonlySet<Permission> = new Set(PERMISSIONS);
const NONE: ReadonlySet<Permission> = new Set();
const OWING: ReadonlySet<Permission> = new Set<Permission>(["second_factor.prove.own"]);
const AGENT: ReadonlySet<Permission> = new Set<Permission>(["oauth.issue"]);
const SERVER: ReadonlySet<Permission> = new Set<Permission>(["token.validate", "toolcall.record"]);

/** The permissions of Gatehouse's own jobs and of the command line (whoever may run it on the machine owns the database). */
export const systemPermissions = (): ReadonlySet<Permission> => ALL;
/** The permissions of somebody who has not signed in. */
export const anonymousPermissions = (): ReadonlySet<Permission> => NONE;
/** The permissions of a signed-in person whose session still lacks a second factor. */
export const owingPermissions = (): ReadonlySet<Permission> => OWING;
/** The permissions of an OAuth client that showed who it is. */
export const agentPermissions = (): ReadonlySet<Permission> => AGENT;
/** The permissions of an MCP server that showed its key. */
export const serverPermissions = (): ReadonlySet<Permission> => SERVER;

/**
 * The permissions of an admin API token: what its scopes permit, and never more than its person's console role does.
 * Unknown scopes permit nothing.
 */
export function tokenPermissions(scopes: readonly string[], consoleRole: ConsoleRole | null): ReadonlySet<Permission> {
  const permitted = new Set<Permission>();
  for (const scope of scopes) {
    for (const permission of Object.hasOwn(ADMIN_SCOPE_PERMISSIONS, scope)
      ? (ADMIN_SCOPE_PERMISSIONS[scope] ?? [])
      : []) {
      if (consoleRole === null || CONSOLE_ROLE_PERMISSIONS[consoleRole].has(permission)) permitted.add(permission);
    }
  }
  return permitted;
}
