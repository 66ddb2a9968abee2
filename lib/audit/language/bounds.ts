import type { Query, Value } from "./ast";
import { isMoment, periodOf, type Period } from "./time";

/** Half-open: `from` ≤ x < `to`; an absent end is open. */
export type Interval = { from?: number; to?: number };

/**
 * Outside of these no entry can match: `occurred` in whole µs of Unix time, `index` in places of the log. Where `from` is
 * not below `to`, nothing matches.
 */
export type Bounds = { occurred: Interval; index: Interval };

/** The interval that one value of `created:` means at a moment, µs. */
export const occurredOf = (value: Value, nowMs: number): Interval =>
  intervalOf(value, (text) => periodOf(text, nowMs), isMoment);

/** The interval that one value of `index:` means. */
export const indexOf = (value: Value): Interval =>
  intervalOf(value, (text) => ({ from: Number(text), to: Number(text) + 1 }));

function intervalOf(value: Value, period: (text: string) => Period, isSince = (_text: string) => false): Interval {
  if (value.type === "range") return { from: period(value.low).from, to: period(value.high).to };
  if (value.text === "") return {};
  const { from, to } = period(value.text);
  if (value.type === "is") return isSince(value.text) ? { from } : { from, to };
  return { ">": { from: to }, ">=": { from }, "<": { to: from }, "<=": { to } }[value.operator];
}

const ANYWHERE: Bounds = { occurred: {}, index: {} };
const NOWHERE: Interval = { from: 0, to: 0 };

/** The times and places that a query implies: a partition outside of them need not be read. */
export function boundsOf(query: Query, nowMs: number): Bounds {
  switch (query.type) {
    case "text":
    case "not":
      return ANYWHERE;
    case "qualifier":
      if (query.name === "created")
        return { occurred: hull(query.values.map((value) => occurredOf(value, nowMs))), index: {} };
      if (query.name === "index") return { occurred: {}, index: hull(query.values.map(indexOf)) };
      return ANYWHERE;
    case "and":
    case "or": {
      const each = query.items.map((item) => boundsOf(item, nowMs));
      const join = query.type === "and" ? overlap : hull;
      return { occurred: join(each.map(({ occurred }) => occurred)), index: join(each.map(({ index }) => index)) };
    }
  }
}

const isEmpty = ({ from, to }: Interval) => from !== undefined && to !== undefined && from >= to;
const least = (numbers: (number | undefined)[]) =>
  numbers.some((number) => number === undefined) ? undefined : Math.min(...(numbers as number[]));

/** The smallest interval that has all of them in it. */
function hull(intervals: readonly Interval[]): Interval {
  const some = intervals.filter((interval) => !isEmpty(interval));
  if (some.length === 0) return NOWHERE;
  const to = least(some.map((interval) => (interval.to === undefined ? undefined : -interval.to)));
  return { from: least(some.map(({ from }) => from)), to: to === undefined ? undefined : -to };
}

function overlap(intervals: readonly Interval[]): Interval {
  const froms = intervals.flatMap(({ from }) => from ?? []);
  const tos = intervals.flatMap(({ to }) => to ?? []);
  return {
    from: froms.length === 0 ? undefined : Math.max(...froms),
    to: tos.length === 0 ? undefined : Math.min(...tos),
  };
}
