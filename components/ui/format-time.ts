/** Client-safe: how moments and spans are told. All take their clock as an argument, so that they can be tested. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A span in its one or two largest units, rounded down: `6 d 4 h`, `45 min`, `20 s`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min`;
  if (whole < DAY) return pair(whole, HOUR, "h", MINUTE, "min");
  if (whole < 60 * DAY) return pair(whole, DAY, "d", HOUR, "h");
  return `${Math.floor(whole / DAY)} d`;
}

function pair(seconds: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)} ${largeUnit}${rest > 0 ? ` ${rest} ${smallUnit}` : ""}`;
}

/** How far `iso` is from `nowMs`, in one unit: `4 min ago`, `in 6 d`, `just now`. */
export function formatRelative(iso: string, nowMs: number): string {
  const seconds = (Date.parse(iso) - nowMs) / 1000;
  const size = Math.abs(seconds);
  if (size < MINUTE) return seconds > 0 ? "in under a minute" : "just now";
  const text =
    size < HOUR
      ? `${Math.floor(size / MINUTE)} min`
      : size < 2 * DAY
        ? `${Math.floor(size / HOUR)} h`
        : size < 365 * DAY
          ? `${Math.floor(size / DAY)} d`
          : `${(size / (365.25 * DAY)).toFixed(1).replace(/\.0$/, "")} y`;
  return seconds > 0 ? `in ${text}` : `${text} ago`;
}

/** The moment in UTC, to the second: `2026-11-21 09:25:46 UTC`. */
export function formatUtc(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** The moment on the reader's own clock, with the zone: `21 Nov 2026, 10:25:46 GMT+1`. */
export function formatLocal(iso: string, timeZone?: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
    timeZone,
  }).format(new Date(iso));
}
