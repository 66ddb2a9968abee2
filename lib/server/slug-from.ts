/** The longest slug. */
export const MAX_SLUG_CHARS = 63;

/**
 * A name as a slug: Latin letters without their marks, digits, hyphens. `server` where nothing of the name is left.
 * Client-safe: the form suggests it while the name is typed.
 */
export function slugFrom(name: string): string {
  const slug = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_SLUG_CHARS)
    .replace(/^-+|-+$/g, "");
  return slug === "" ? "server" : slug;
}
