import type { Access } from "@/lib/server/schema";

/** A scope as its server offers it today. */
export type OfferedScope = { name: string; access: Access };

/** True where the pattern stands for more than one name: `*`, or something that ends in `:*`. */
export function isWildcard(pattern: string): boolean {
  return pattern === "*" || pattern.endsWith(":*");
}

/**
 * True where a role's pattern covers a scope: `*` covers all, `tickets:*` everything below `tickets:` (and not `tickets`
 * itself), any other pattern only the scope of exactly that name. Letters count as they are written.
 */
export function matchesPattern(pattern: string, scopeName: string): boolean {
  if (pattern === "*") return true;
  if (!pattern.endsWith(":*")) return pattern === scopeName;
  const prefix = pattern.slice(0, -1);
  return scopeName.length > prefix.length && scopeName.startsWith(prefix);
}

/** What a role's patterns on one server give of the scopes that this server offers now, in the server's order. */
export function resolveScopes<S extends OfferedScope>(patterns: readonly string[], offered: readonly S[]): S[] {
  return offered.filter(({ name }) => patterns.some((pattern) => matchesPattern(pattern, name)));
}
