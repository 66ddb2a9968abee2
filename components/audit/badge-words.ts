import type { Tone } from "@/components/ui/badge";
import { BADGES, type BadgeDto, type BadgeKind } from "@/lib/audit/badges/catalogue";

/** Client-safe: how badges are told. */

const SHORT: Record<BadgeKind, { words: string; tone: Tone }> = {
  new_address: { words: "new address", tone: "info" },
  revoked_use: { words: "after revocation", tone: "deny" },
  refresh_reuse: { words: "refresh reused", tone: "deny" },
  denial_burst: { words: "denial burst", tone: "expiring" },
  woke: { words: "woke", tone: "rotating" },
};

/** The tone of a badge. */
export const badgeTone = ({ kind }: BadgeDto): Tone => SHORT[kind].tone;

/** A badge in a word or two. */
export const badgeWords = ({ kind }: BadgeDto): string => SHORT[kind].words;

/** A badge in a sentence, with its figures. */
export function badgeMeaning({ kind, count }: BadgeDto): string {
  const meaning = BADGES[kind];
  if (count === null) return meaning;
  const figures: Partial<Record<BadgeKind, string>> = {
    new_address: `${count === 1 ? "one other place was" : `${count.toLocaleString("en-US")} other places were`} known before`,
    denial_burst: `${count.toLocaleString("en-US")} within a minute`,
    woke: `${count} days`,
  };
  return figures[kind] ? `${meaning}: ${figures[kind]}` : meaning;
}
