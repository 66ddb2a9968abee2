import { matchesPattern } from "@/lib/role/resolve";
import type { Access } from "@/lib/server/schema";

/** Client-safe: what the scope picker offers. `ScopeDto` fits `OfferedScope`. */
export type OfferedScope = { name: string; access: Access; description: string; tools: readonly string[] };
export type ScopeGroup = { serverId: string; serverName: string; scopes: readonly OfferedScope[] };

/** The scopes whose name, description or tools hold every word of `query`, by group; empty groups fall away. */
export function searchScopes(groups: readonly ScopeGroup[], query: string): ScopeGroup[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...groups];
  return groups
    .map((group) => ({
      ...group,
      scopes: group.scopes.filter((scope) => {
        const text = [group.serverName, scope.name, scope.description, ...scope.tools].join(" ").toLowerCase();
        return words.every((word) => text.includes(word));
      }),
    }))
    .filter((group) => group.scopes.length > 0);
}

/** How many names are ticked that the shown groups do not show. */
export function countHidden(ticked: readonly string[], shown: readonly ScopeGroup[]): number {
  const visible = new Set(shown.flatMap((group) => group.scopes.map((scope) => scope.name)));
  return ticked.filter((name) => !visible.has(name)).length;
}

/**
 * The wildcards that a group offers (`tickets:*`), each with how many scopes it covers today: those that cover two or
 * more, and every ticked one.
 */
export function wildcardsOf(group: ScopeGroup, ticked: ReadonlySet<string>): { pattern: string; covers: number }[] {
  const offered = group.scopes
    .filter((scope) => scope.name.includes(":"))
    .map((scope) => `${scope.name.slice(0, scope.name.indexOf(":"))}:*`);
  const patterns = new Set([...offered, ...[...ticked].filter((name) => name.endsWith(":*"))]);
  return [...patterns]
    .map((pattern) => ({
      pattern,
      covers: group.scopes.filter((scope) => matchesPattern(pattern, scope.name)).length,
    }))
    .filter(({ pattern, covers }) => covers > 1 || ticked.has(pattern));
}

/** The ticked wildcard that gives a scope anyway, or null. */
export function coveringWildcard(name: string, ticked: ReadonlySet<string>): string | null {
  return [...ticked].find((pattern) => pattern.endsWith("*") && matchesPattern(pattern, name)) ?? null;
}

/** The tick of a group: all, none, or some of its scopes. */
export function groupState(group: ScopeGroup, ticked: ReadonlySet<string>): boolean | "indeterminate" {
  const count = group.scopes.filter(
    (scope) => ticked.has(scope.name) || coveringWildcard(scope.name, ticked) !== null,
  ).length;
  return count === 0 ? false : count === group.scopes.length ? true : "indeterminate";
}
