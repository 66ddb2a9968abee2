import type { Effect } from "@/components/role/effect-diff";
import type { OfferedScope } from "@/components/scope/scope-groups";
import { isWildcard, matchesPattern, resolveScopes } from "@/lib/role/resolve";
import type { RoleDto } from "@/lib/role/schema";
import type { TokenDto } from "@/lib/token/schema";

/** Client-safe: what the role form holds, and what a change of it means. */

export type RoleServer = { id: string; name: string; slug: string; builtin: boolean; scopes: OfferedScope[] };
/** Patterns by server. A server that is named with none gives nothing. */
export type Patterns = Readonly<Record<string, readonly string[]>>;
/** The part of a live token under the role that decides what the role's change does to it. */
export type RoleToken = Pick<TokenDto, "id" | "name" | "kind" | "scopes"> & { serverIds: string[] };

/** A role's patterns as the form holds them. */
export function patternsOf(role: Pick<RoleDto, "grants">): Patterns {
  return Object.fromEntries(role.grants.map((grant) => [grant.serverId, grant.scopes]));
}

/** Without doubles, and without what a wildcard beside it covers anyway. */
export function withoutCovered(patterns: readonly string[]): string[] {
  const unique = [...new Set(patterns)];
  const covers = (wildcard: string, pattern: string) =>
    wildcard !== pattern &&
    isWildcard(wildcard) &&
    (wildcard === "*" || matchesPattern(wildcard, pattern.replace(/\*$/, "_")));
  return unique.filter((pattern) => !unique.some((other) => covers(other, pattern)));
}

/** What is sent: the servers that get something, each with its patterns. */
export function toGrants(patterns: Patterns): { serverId: string; scopes: string[] }[] {
  return Object.entries(patterns)
    .filter(([, scopes]) => scopes.length > 0)
    .map(([serverId, scopes]) => ({ serverId, scopes: [...scopes] }));
}

/** What is in `after` and not in `before`. */
const missingFrom = (before: readonly string[], after: readonly string[]) =>
  after.filter((name) => !before.includes(name));

/** The patterns gained and lost, by server; servers without a change are left out. */
export function patternEffects(servers: readonly RoleServer[], before: Patterns, after: Patterns): Effect[] {
  return servers
    .map((server) => {
      const [had, has] = [before[server.id] ?? [], after[server.id] ?? []];
      return { id: server.id, subject: server.name, gained: missingFrom(had, has), lost: missingFrom(has, had) };
    })
    .filter((effect) => effect.gained.length + effect.lost.length > 0);
}

/** What the patterns give today. */
export function givenScopes(servers: readonly RoleServer[], patterns: Patterns) {
  return servers.flatMap((server) =>
    resolveScopes(patterns[server.id] ?? [], server.scopes).map((scope) => ({ ...scope, serverId: server.id })),
  );
}

/** The names of the scopes that the role gives after and not before, and the other way round. */
export function scopeEffect(servers: readonly RoleServer[], before: Patterns, after: Patterns) {
  const key = (scope: { serverId: string; name: string }) => `${scope.serverId} ${scope.name}`;
  const [had, has] = [givenScopes(servers, before), givenScopes(servers, after)];
  const hadKeys = new Set(had.map(key));
  const hasKeys = new Set(has.map(key));
  return {
    gained: has.filter((scope) => !hadKeys.has(key(scope))),
    lost: had.filter((scope) => !hasKeys.has(key(scope))),
  };
}

/** What one token may do under these patterns: its servers alone, reading alone where it is read-only, and as narrowed. */
function tokenScopes(servers: readonly RoleServer[], patterns: Patterns, token: RoleToken): string[] {
  return givenScopes(servers, patterns)
    .filter(
      (scope) =>
        token.serverIds.includes(scope.serverId) &&
        (token.kind !== "ro" || scope.access === "read") &&
        (token.scopes === null || token.scopes.includes(scope.name)),
    )
    .map((scope) => scope.name);
}

/** What the change does to each token, the same rules as a call is decided by. */
export function tokenEffects(
  servers: readonly RoleServer[],
  before: Patterns,
  after: Patterns,
  tokens: readonly RoleToken[],
): Effect[] {
  return tokens.map((token) => {
    const had = tokenScopes(servers, before, token);
    const has = tokenScopes(servers, after, token);
    return { id: token.id, subject: token.name, gained: missingFrom(had, has), lost: missingFrom(has, had) };
  });
}
