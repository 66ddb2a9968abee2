/** Client-safe: what may strike about an entry. */

/** Every badge, once, with what it means. */
export const BADGES = {
  new_address: "First seen from this address",
  revoked_use: "Used after it was revoked or rotated out",
  refresh_reuse: "A refresh token that had been exchanged came back",
  denial_burst: "Many refusals in a short time",
  woke: "First use after a long rest",
} as const;
export type BadgeKind = keyof typeof BADGES;
export const BADGE_KINDS = Object.keys(BADGES) as [BadgeKind, ...BadgeKind[]];

/** A badge of one entry, with its figures. */
export type BadgeDto = {
  kind: BadgeKind;
  /** `new_address`: from how many other networks it was seen before. `denial_burst`: how many refusals within a minute. `woke`: days of rest. */
  count: number | null;
};
