import type { Access } from "@/lib/server/schema";

type NamedScope = { name: string; access: Access };

/**
 * The scope that a new tool of an access is suggested: `<slug>:<access>` where the server has it, else its only scope of
 * that access, else `<slug>:<access>` to be made (with a number, where a scope of another access bears the name). Among
 * several scopes it never guesses: that might open a tool to people nobody meant.
 */
export function suggestScope(
  slug: string,
  access: Access,
  scopes: readonly NamedScope[],
): { name: string; exists: boolean } {
  const wanted = `${slug}:${access}`;
  const fitting = scopes.filter((scope) => scope.access === access);
  if (fitting.some(({ name }) => name === wanted)) return { name: wanted, exists: true };
  const [only] = fitting;
  if (only && fitting.length === 1) return { name: only.name, exists: true };
  const taken = new Map(scopes.map((scope) => [scope.name, scope.access]));
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted}-${n}`;
    if (!taken.has(name)) return { name, exists: false };
    if (taken.get(name) === access) return { name, exists: true };
  }
}
