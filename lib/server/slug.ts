import "server-only";
import type { Tx } from "@/lib/db";
import { MAX_SLUG_CHARS, slugFrom } from "./slug-from";

/** The first of `base`, `base-2`, `base-3`, … that is not taken, cut so that it stays within the longest slug. */
export function firstFreeSlug(base: string, taken: ReadonlySet<string>): string {
  if (!taken.has(base)) return base;
  for (let n = 2; ; n++) {
    const suffix = `-${n}`;
    const slug = base.slice(0, MAX_SLUG_CHARS - suffix.length).replace(/-+$/, "") + suffix;
    if (!taken.has(slug)) return slug;
  }
}

/** Makes transactions that choose slugs take turns, so that a slug made from a name is never lost to another one. */
export async function lockSlugs(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(7270736902)`;
}

/** A free slug for a server's name. Call it with `lockSlugs` held. */
export async function chooseSlug(tx: Tx, name: string): Promise<string> {
  const base = slugFrom(name);
  // Every candidate begins with these characters, however much a suffix cuts off.
  const rows = await tx.mcpServer.findMany({
    where: { slug: { startsWith: base.slice(0, MAX_SLUG_CHARS - 8) } },
    select: { slug: true },
  });
  return firstFreeSlug(base, new Set(rows.map(({ slug }) => slug)));
}
