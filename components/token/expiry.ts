/** Client-safe: how long a token shall live, as a form holds it; spread it into the input of `mintToken`. */
export type Expiry = { expiresInSeconds: number } | { expiresAt: string };

const HOUR = 3600;
const DAY = 86_400;

/** The usual lifetimes, shortest first. */
export const EXPIRY_PRESETS: readonly { label: string; seconds: number }[] = [
  { label: "1 h", seconds: HOUR },
  { label: "1 d", seconds: DAY },
  { label: "7 d", seconds: 7 * DAY },
  { label: "30 d", seconds: 30 * DAY },
  { label: "90 d", seconds: 90 * DAY },
];

/** The moment that an expiry means, if minted now; null where the form holds no valid time yet. */
export function expiryMoment(expiry: Expiry, nowMs: number): string | null {
  if ("expiresInSeconds" in expiry) return new Date(nowMs + expiry.expiresInSeconds * 1000).toISOString();
  return Number.isNaN(Date.parse(expiry.expiresAt)) ? null : new Date(expiry.expiresAt).toISOString();
}

/** What is wrong with an expiry, or worth a second look. */
export function checkExpiry(
  expiry: Expiry,
  nowMs: number,
  maxSeconds: number | null,
): { error: string | null; warning: string | null } {
  const moment = expiryMoment(expiry, nowMs);
  if (moment === null) return { error: "Give a day and a time.", warning: null };
  const seconds = (Date.parse(moment) - nowMs) / 1000;
  if (seconds <= 0) return { error: "That moment has passed.", warning: null };
  if (maxSeconds !== null && seconds > maxSeconds) return { error: "That is later than policy allows.", warning: null };
  return { error: null, warning: seconds < HOUR ? "It ends in less than an hour." : null };
}

/** A moment for `<input type="datetime-local">`, on the reader's clock, to the minute. */
export function toLocalInput(iso: string): string {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
