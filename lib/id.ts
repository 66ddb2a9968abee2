import { randomFillSync, randomUUID } from "node:crypto";

/** The prefixes of ids, by kind of thing. */
export const ID_PREFIXES = {
  server: "srv",
  scope: "scp",
  tool: "tol",
  role: "rol",
  person: "per",
  agent: "agt",
  token: "tok",
  grant: "gnt",
  key: "key",
  session: "ses",
  link: "lnk",
  identity: "idn",
  accessToken: "oat",
  refreshToken: "ort",
  secret: "sec",
  approval: "apr",
  notice: "ntc",
  savedSearch: "sch",
  sink: "snk",
  hold: "hld",
  logFault: "flt",
  request: "req",
} as const;
export type IdKind = keyof typeof ID_PREFIXES;

const CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz";
const STAMP_CHARS = 10;
const RANDOM_CHARS = 16;

/** Random characters in stock: one call for many costs little more than one for a few. Ids are no secrets. */
const bytes = Buffer.alloc(256 * RANDOM_CHARS);
let stock = "";
let taken = 0;

function takeRandom(): string {
  if (taken === stock.length) {
    randomFillSync(bytes);
    for (let i = 0; i < bytes.length; i++) bytes[i] = CROCKFORD.charCodeAt((bytes[i] as number) % 32);
    stock = bytes.toString("latin1");
    taken = 0;
  }
  taken += RANDOM_CHARS;
  return stock.slice(taken - RANDOM_CHARS, taken);
}

/** The stamp that was written last: hundreds of ids share their millisecond. */
let lastStamp = { ms: Number.NaN, text: "" };

function stampOf(ms: number): string {
  if (ms === lastStamp.ms) return lastStamp.text;
  let time = ms;
  let text = "";
  for (let i = 0; i < STAMP_CHARS; i++) {
    text = CROCKFORD.charAt(time % 32) + text;
    time = Math.floor(time / 32);
  }
  lastStamp = { ms, text };
  return text;
}

/** A new id: prefix, 10 characters of milliseconds (so that ids sort by age), 16 random ones. */
export function newId(kind: IdKind): string {
  return `${ID_PREFIXES[kind]}_${stampOf(Date.now())}${takeRandom()}`;
}

/** True where `value` has the form of an id of that kind (built-in ids have words after the prefix). */
export function isId(kind: IdKind, value: string): boolean {
  return value.length <= 64 && value.startsWith(`${ID_PREFIXES[kind]}_`) && /^[a-z]{3}_[a-z0-9_]+$/.test(value);
}

/** A UUID of version 7 (RFC 9562 §5.7): time-ordered, made here because `uuidv7()` exists in PostgreSQL 18 alone. */
export function uuidV7(nowMs: number = Date.now()): string {
  const time = Math.floor(nowMs).toString(16).padStart(12, "0");
  // Version 4 has its random bits where version 7 has them, but for the time.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
