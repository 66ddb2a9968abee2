import "server-only";
import { pool } from "@/lib/db";
import type { BadgeDto, BadgeKind } from "./catalogue";

/** What an entry itself tells. */
type Telling = { index: number; action: string; reason: string | null };

/** What strikes about an entry without a look at any other. */
function plainBadges({ action, reason }: Telling): BadgeDto[] {
  if (reason === "revoked" && (action === "token.validate" || action === "token.introspect"))
    return [{ kind: "revoked_use", count: null }];
  return action === "oauth.reuse" ? [{ kind: "refresh_reuse", count: null }] : [];
}

/** The entries with their badges: one look-up by index for all. Those that need a look at others come a moment later. */
export async function withBadges<T extends Telling>(entries: readonly T[]): Promise<(T & { badges: BadgeDto[] })[]> {
  if (entries.length === 0) return [];
  const { rows } = await pool().query<{ idx: string; kind: BadgeKind; count: number | null }>(
    "SELECT idx, kind, count FROM audit_badge WHERE idx = ANY($1::int8[]) ORDER BY idx, kind",
    [entries.map(({ index }) => index)],
  );
  const noted = new Map<number, BadgeDto[]>();
  for (const { idx, kind, count } of rows) {
    const index = Number(idx);
    noted.set(index, [...(noted.get(index) ?? []), { kind, count }]);
  }
  return entries.map((entry) => ({ ...entry, badges: [...plainBadges(entry), ...(noted.get(entry.index) ?? [])] }));
}
