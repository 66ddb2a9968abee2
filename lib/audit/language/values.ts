import ipaddr from "ipaddr.js";
import { OPERATORS, type QueryError, type Value } from "./ast";
import type { RawValue } from "./lexer";
import { describe, nearest, type QualifierName } from "./qualifiers";
import { canonicalTime, isRelative, periodOf } from "./time";

const MAX_VALUE_CHARS = 500;
/** As long as a number is exact. */
const INTEGER = /^\d{1,15}$/;
const MILLISECONDS = /^(\d{1,12}(?:\.\d{1,3})?)(ms|s)?$/;

/** A value of a qualifier as it was written, in its canonical form, or what is wrong with it. */
export function valueOf(name: QualifierName, raw: RawValue): Value | QueryError {
  if (raw.text.length > MAX_VALUE_CHARS) return faultAt(raw, `A value has at most ${MAX_VALUE_CHARS} characters.`);
  switch (describe(name).reading) {
    case "name":
    case "code":
      return words(raw);
    case "choice":
      return choice(name, raw);
    case "ip":
      return address(raw);
    case "time":
      return measured(raw, "a time", canonicalTime, isBackwards);
    case "integer":
      return measured(raw, "a whole number", (text) => (INTEGER.test(text) ? String(Number(text)) : null));
    case "milliseconds":
      return measured(raw, "a number of milliseconds", milliseconds);
  }
}

const faultAt = ({ from, to }: RawValue, message: string): QueryError => ({ message, from, to });

const words = ({ text, openStart, openEnd, from, to }: RawValue): Value => ({
  type: "is",
  text,
  openStart,
  openEnd,
  from,
  to,
});

/** True where a code of a list is meant by a value. */
export const matchesCode = (value: Extract<Value, { type: "is" }>, code: string): boolean => {
  if (value.openStart && value.openEnd) return code.includes(value.text);
  if (value.openStart) return code.endsWith(value.text);
  return value.openEnd ? code.startsWith(value.text) : code === value.text;
};

function choice(name: QualifierName, raw: RawValue): Value | QueryError {
  const value = { ...words(raw), type: "is", text: raw.text.toLowerCase() } as Extract<Value, { type: "is" }>;
  const choices = describe(name).choices ?? [];
  if (choices.some((each) => matchesCode(value, each))) return value;
  const near = nearest(value.text, choices);
  const meant =
    near === null ? (choices.length > 10 ? "" : ` There are ${choices.join(", ")}.`) : ` Did you mean ${near}?`;
  return faultAt(raw, `There is no ${name} ${raw.source}.${meant}`);
}

function address(raw: RawValue): Value | QueryError {
  const { text, openStart, openEnd, from, to } = raw;
  if (openStart && text !== "") return faultAt(raw, "Only the end of an address may be left open, as in 10.1.*.");
  if (text.includes("/") && (openEnd || !isNetwork(text)))
    return faultAt(raw, `${text} is not a network. Write one as 10.0.0.0/8 or 2001:db8::/32.`);
  if (!/^[0-9a-fA-F.:/]*$/.test(text))
    return faultAt(raw, `${text} is not an address, a network, or the beginning of one.`);
  return {
    type: "is",
    text: isAddress(text) && !openEnd ? ipaddr.parse(text).toString() : text.toLowerCase(),
    openStart,
    openEnd,
    from,
    to,
  };
}

const isAddress = (text: string) =>
  text.includes(":") ? ipaddr.IPv6.isValid(text) : ipaddr.IPv4.isValidFourPartDecimal(text);

function isNetwork(text: string): boolean {
  const slash = text.indexOf("/");
  return isAddress(text.slice(0, slash)) && /^\d{1,3}$/.test(text.slice(slash + 1)) && ipaddr.isValidCIDR(text);
}

/** Ten years ago in seconds is still a number; what is longer is a mistake. */
function milliseconds(text: string): string | null {
  const [, amount, unit] = MILLISECONDS.exec(text.toLowerCase()) ?? [];
  if (amount === undefined) return null;
  return String(unit === "s" ? Math.round(Number(amount) * 1e6) / 1000 : Number(amount));
}

/** A time or a number: alone, compared, or a range of which one end may be `*`. */
function measured(
  raw: RawValue,
  what: string,
  canonical: (text: string) => string | null,
  backwards: (low: string, high: string) => boolean = (low, high) => Number(low) > Number(high),
): Value | QueryError {
  const { from, to } = raw;
  const bad = (text: string, at: number): QueryError => ({
    message: `${text === "" ? "Here" : `“${text}”`} should be ${what}${EXAMPLES[what] ?? ""}.`,
    from: text === "" ? from : at,
    to: text === "" ? to : at + text.length,
  });
  const written = raw.quoted ? raw.text : raw.source;
  const start = from + raw.source.indexOf(written);
  if (written === "*") return { type: "is", text: "", openStart: true, openEnd: true, from, to };
  const operator = OPERATORS.find((each) => written.startsWith(each));
  if (operator) {
    const given = written.slice(operator.length);
    const text = canonical(given);
    return text === null ? bad(given, start + operator.length) : { type: "compare", operator, text, from, to };
  }
  const dots = written.indexOf("..");
  if (dots < 0) {
    const text = canonical(written);
    return text === null ? bad(written, start) : { type: "is", text, openStart: false, openEnd: false, from, to };
  }
  const [first, second] = [written.slice(0, dots), written.slice(dots + 2)];
  const low = first === "*" || first === "" ? null : (canonical(first) ?? bad(first, start));
  const high = second === "*" || second === "" ? null : (canonical(second) ?? bad(second, start + dots + 2));
  if (low !== null && typeof low !== "string") return low;
  if (high !== null && typeof high !== "string") return high;
  if (low === null && high === null) return bad("", from);
  if (low === null) return { type: "compare", operator: "<=", text: high ?? "", from, to };
  if (high === null) return { type: "compare", operator: ">=", text: low, from, to };
  return backwards(low, high)
    ? { message: "This range ends before it begins.", from, to }
    : { type: "range", low, high, from, to };
}

const EXAMPLES: Readonly<Record<string, string>> = {
  "a time": ", such as 2026-11-01, 2026-11-01T09:30Z, -24h, today",
};

/** Of two times that both stand fast, or that both move: whether the first begins after the second has ended. */
const isBackwards = (low: string, high: string): boolean =>
  isRelative(low) === isRelative(high) && periodOf(low, SOME_DAY).from >= periodOf(high, SOME_DAY).to;
const SOME_DAY = Date.UTC(2026, 0, 1);
