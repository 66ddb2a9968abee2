import { resolveScopes, type OfferedScope } from "@/lib/role/resolve";
import type { Access } from "@/lib/server/schema";

/** The kinds of static tokens: read-only, write, admin API. */
export type TokenKind = "ro" | "rw" | "adm";

/** True where a token of that kind may ever use a scope of that access: an `ro` token never exceeds `read`. */
export function withinCeiling(kind: TokenKind | "oauth", access: Access): boolean {
  return kind !== "ro" || access === "read";
}

/** What is known of a token on one server, all of it from the present. */
export type EffectiveInput = {
  kind: TokenKind | "oauth";
  /** The token's own scopes on this server; null where it follows its role. */
  narrowed: readonly string[] | null;
  /** The role's patterns on this server. */
  rolePatterns: readonly string[];
  /** The scopes that this server offers. */
  offered: readonly OfferedScope[];
};

/**
 * The scopes that a token may use on one server, in the server's order: its own ∩ its role's ∩ what the server offers,
 * under the ceiling of its kind. Says nothing about whether the token, its holder, its role or the server is live.
 */
export function effectiveScopes(input: EffectiveInput): string[] {
  const own = input.narrowed && new Set(input.narrowed);
  return resolveScopes(input.rolePatterns, input.offered)
    .filter(({ name, access }) => withinCeiling(input.kind, access) && (own === null || own.has(name)))
    .map(({ name }) => name);
}

/** The tools that these scopes open. A tool that requires no scope is closed to everybody. */
export function openTools(tools: readonly { name: string; scopes: readonly string[] }[], scopes: readonly string[]) {
  const held = new Set(scopes);
  return tools.filter((tool) => tool.scopes.length > 0 && tool.scopes.every((scope) => held.has(scope)));
}
