/** Client-safe: every kind of notice, once. A new one is a line here, and a value of the database's `NoticeKind`. */

/** Whom a notice is for: the person whose access it is about, or all admins. */
export const NOTICE_AUDIENCES = ["person", "admins"] as const;
export type NoticeAudience = (typeof NOTICE_AUDIENCES)[number];

/** What each kind tells, and whom. */
export const NOTICE_KINDS = {
  refresh_token_reuse: {
    means: "A refresh token that had been exchanged came back: the access that it belongs to was ended",
    tells: ["person", "admins"],
  },
  second_factor_reset: {
    means: "Somebody else took off the person's second factor, because they had lost it",
    tells: ["person"],
  },
  /** Of a search that its owner keeps to themself it tells the owner, of a shared one the admins. */
  audit_alert: {
    means: "As many entries of the audit log matched a saved search as it tells of",
    tells: ["person", "admins"],
  },
  /** Whoever marks it as seen has read it; it goes by itself when what is wrong was mended. */
  audit_fault: {
    means: "The audit log is not as it was recorded or signed, or it is not signed",
    tells: ["admins"],
  },
} as const satisfies Record<string, { means: string; tells: readonly NoticeAudience[] }>;

export type NoticeKind = keyof typeof NOTICE_KINDS;
export const NOTICE_KIND_NAMES = Object.keys(NOTICE_KINDS) as [NoticeKind, ...NoticeKind[]];
