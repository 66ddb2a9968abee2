import { randomFillSync } from "node:crypto";

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
  request: "req",
} as const;
export type IdKind = keyof typeof ID_PREFIXES;

const CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz";

const RANDOM_BYTES = 16;
/** Random bytes in stock: one call for many costs little more than one for a few. Ids are no secrets. */
const stock = Buffer.alloc(256 * RANDOM_BYTES);
let taken = stock.length;

/** Where in the stock the next 16 fresh bytes are. */
function takeRandom(): number {
  if (taken === stock.length) {
    randomFillSync(stock);
    taken = 0;
  }
  taken += RANDOM_BYTES;
  return taken - RANDOM_BYTES;
}

/** A new id: prefix, 10 characters of milliseconds (so that ids sort by age), 16 random ones. */
export function newId(kind: IdKind): string {
  let time = Date.now();
  let stamp = "";
  for (let i = 0; i < 10; i++) {
    stamp = CROCKFORD.charAt(time % 32) + stamp;
    time = Math.floor(time / 32);
  }
  let random = "";
  const from = takeRandom();
  for (let i = from; i < from + RANDOM_BYTES; i++) random += CROCKFORD.charAt((stock[i] as number) % 32);
  return `${ID_PREFIXES[kind]}_${stamp}${random}`;
}

/** True where `value` has the form of an id of that kind (built-in ids have words after the prefix). */
export function isId(kind: IdKind, value: string): boolean {
  return value.length <= 64 && value.startsWith(`${ID_PREFIXES[kind]}_`) && /^[a-z]{3}_[a-z0-9_]+$/.test(value);
}

/** A UUID of version 7 (RFC 9562 §5.7): time-ordered, made here because `uuidv7()` exists in PostgreSQL 18 alone. */
export function uuidV7(nowMs: number = Date.now()): string {
  const at = takeRandom();
  stock.writeUIntBE(Math.floor(nowMs), at, 6);
  stock[at + 6] = 0x70 | ((stock[at + 6] ?? 0) & 0x0f);
  stock[at + 8] = 0x80 | ((stock[at + 8] ?? 0) & 0x3f);
  const hex = stock.toString("hex", at, at + RANDOM_BYTES);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
