/**
 * Times of a query. Each means a period of whole microseconds: a day, a minute, one moment. So `>` is after its end, `<`
 * before its start, and a range goes from the start of the one to the end of the other.
 */

/** `[from, to)`, µs of Unix time. */
export type Period = { from: number; to: number };

const DAY = /^(\d{4})-(\d\d)(?:-(\d\d))?(Z|[+-]\d\d:\d\d)?$/;
const CLOCK = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?$/;
const RELATIVE = /^-(\d{1,6})([smhdw])$/;
const MS_OF = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const DAY_MS = MS_OF.d;
/** µs are kept in a double, exact to the year 2255. No entry is outside. */
const LAST_MS = Date.UTC(2250, 0, 1);

/** The one spelling of a time, or null where it is none. */
export function canonicalTime(text: string): string | null {
  const small = text.toLowerCase();
  if (small === "today" || small === "yesterday" || small === "now" || RELATIVE.test(small)) return small;
  const big = text.toUpperCase();
  return absolute(big) === null ? null : big;
}

/** True where a time moves on with the clock. */
export const isRelative = (text: string): boolean => absolute(text) === null;

/** The period that a canonical time means at a moment, in UTC where it names no zone. */
export function periodOf(text: string, nowMs: number): Period {
  const known = absolute(text);
  if (known) return known;
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  if (text === "today") return ofMs(today, DAY_MS);
  if (text === "yesterday") return ofMs(today - DAY_MS, DAY_MS);
  const [, amount = "0", unit = "s"] = RELATIVE.exec(text) ?? [];
  const at = clamp(nowMs - Number(amount) * MS_OF[unit as keyof typeof MS_OF]);
  return moment(Math.round(at * 1000));
}

/** True of a time that is a moment and no stretch: alone it means *since then*. */
export const isMoment = (text: string): boolean => text === "now" || RELATIVE.test(text);

/** µs of Unix time as RFC 3339. */
export function instantText(micros: number): string {
  const second = Math.floor(micros / 1e6);
  const fraction = String(micros - second * 1e6).padStart(6, "0");
  return `${new Date(second * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}

const moment = (micros: number): Period => ({ from: micros, to: micros + 1 });
const clamp = (ms: number) => Math.min(LAST_MS, Math.max(0, ms));
const ofMs = (ms: number, length: number): Period => ({ from: clamp(ms) * 1000, to: clamp(ms + length) * 1000 });

function absolute(text: string): Period | null {
  const day = DAY.exec(text);
  if (day) return dayOrMonth(day);
  const clock = CLOCK.exec(text);
  return clock ? atClock(clock) : null;
}

function dayOrMonth([, year = "", month = "", date, zone]: RegExpExecArray): Period | null {
  const shift = zoneMs(zone);
  const start = dateMs(`${year}-${month}-${date ?? "01"}`);
  if (start === null || shift === null) return null;
  const end = date === undefined ? utc(Number(year), Number(month)) : start + DAY_MS;
  return ofMs(start - shift, end - start);
}

function atClock([, date = "", hour = "", minute = "", second, fraction, zone]: RegExpExecArray): Period | null {
  const start = dateMs(date);
  const shift = zoneMs(zone);
  if (start === null || shift === null) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) return null;
  const ms = start + Number(hour) * MS_OF.h + Number(minute) * MS_OF.m + Number(second ?? 0) * 1000 - shift;
  if (fraction === undefined) return ofMs(ms, second === undefined ? MS_OF.m : 1000);
  return moment(clamp(ms) * 1000 + Number(fraction.padEnd(6, "0").slice(0, 6)));
}

/** The start of a day in UTC; null where the calendar has no such day. */
function dateMs(text: string): number | null {
  const [year = 0, month = 0, date = 0] = text.split("-").map(Number);
  const ms = utc(year, month - 1, date);
  return new Date(ms).toISOString().slice(0, 10) === text ? ms : null;
}

/** `Date.UTC` takes years below 100 for those of the last century. */
function utc(year: number, month: number, date = 1): number {
  return new Date(0).setUTCFullYear(year, month, date);
}

function zoneMs(zone: string | undefined): number | null {
  if (zone === undefined || zone === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4));
  if (hours > 14 || minutes > 59) return null;
  return (zone.startsWith("-") ? -1 : 1) * (hours * MS_OF.h + minutes * MS_OF.m);
}
