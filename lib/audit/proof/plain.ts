import "server-only";
import type { Column, ScannedEntry } from "./scan";

// Whether columns say what the body says, found in the bytes of both. Reading a body as JSON and making texts of the columns takes
// three times as long as hashing it, for an answer that is yes: this gives that answer, or none.

const [QUOTE, BACKSLASH, COLON, ZERO, NINE] = [0x22, 0x5c, 0x3a, 0x30, 0x39];
const [OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

/** The texts of a body that columns repeat, by their paths. */
const PATHS = [
  "action", "outcome", "reason", "requestId", "tool", "clientIp", "id", "occurredAt", "v", "actor.kind", "actor.id", "actor.credential.id",
  "person.id", "agent.id", "server.id", "credential.id", "source.ip", "target.kind", "target.id", "trace.id",
] as const; // prettier-ignore
type Path = (typeof PATHS)[number];
const NTH = Object.fromEntries(PATHS.map((path, nth) => [path, nth])) as Record<Path, number>;

/** The names on those paths, found by length and ends: no two of them share these. */
const NAMES = [...new Set([...PATHS.flatMap((path) => path.split(".")), "servers"])];
const signOf = (length: number, first: number, last: number) => (length * 37 + first * 7 + last) & 1023;
const BY_SIGN = new Uint8Array(1024);
const NAME_BYTES = NAMES.map((name) => Buffer.from(name));
for (const [nth, bytes] of NAME_BYTES.entries()) {
  const sign = signOf(bytes.length, bytes[0] ?? 0, bytes.at(-1) ?? 0);
  if (BY_SIGN[sign] !== 0) throw new Error("two names share a sign");
  BY_SIGN[sign] = nth + 1;
}
const codeOf = (name: string) => NAMES.indexOf(name) + 1;
const [ACTOR, CREDENTIAL, SERVERS] = [codeOf("actor"), codeOf("credential"), codeOf("servers")];

/** Which text a path of two names leads to, and one more: 0 for none. */
const WIDTH = NAMES.length + 1;
const PLACES = new Uint8Array(WIDTH * WIDTH);
for (const [nth, path] of PATHS.entries()) {
  const [first = "", second = "", third] = path.split(".");
  if (third === undefined) PLACES[codeOf(first) * WIDTH + (second === "" ? 0 : codeOf(second))] = nth + 1;
}
const ACTOR_CREDENTIAL_ID = NTH["actor.credential.id"] + 1;
const ID = codeOf("id");

/** The code of a name; 0 for one that does not matter. */
function nameAt(bytes: Buffer, start: number, end: number): number {
  const code = BY_SIGN[signOf(end - start, bytes[start] as number, bytes[end - 1] as number)] as number;
  if (code === 0) return 0;
  const name = NAME_BYTES[code - 1] as Buffer;
  return name.length === end - start && same(bytes, start, name, 0, name.length) ? code : 0;
}

function same(a: Buffer, atA: number, b: Buffer, atB: number, length: number): boolean {
  for (let nth = 0; nth < length; nth++) if (a[atA + nth] !== b[atB + nth]) return false;
  return true;
}

/** Looks for the texts in bodies, one after the other. */
export class PlainBody {
  #bytes: Buffer = Buffer.alloc(0);
  readonly #starts = new Int32Array(PATHS.length);
  /** -1 where the body has no such text. */
  readonly #lengths = new Int32Array(PATHS.length);
  #version = 0;
  /** How many µs the second of a moment began after 1970, and how it is written: thousands of entries share it. */
  #second = Buffer.alloc(19);
  #secondMicros = Number.NaN;

  /**
   * True where every column that searches use says what the body says. False says nothing: the body may be no JSON, or have what is
   * rare (escapes where a column has them, lists of servers).
   */
  isSaidBy(entry: ScannedEntry): boolean {
    if (entry.length("server_ids") >= 0 || !this.#find(entry)) return false;
    const tied = this.#version >= 2;
    const session = this.#is("actor.kind", "person")
      ? "actor.credential.id"
      : this.#is("target.kind", "session")
        ? "target.id"
        : null;
    return (
      this.#says("action", entry, "action") &&
      this.#says("outcome", entry, "outcome") &&
      this.#says("reason", entry, "reason") &&
      this.#says("actor.kind", entry, "actor_kind") &&
      this.#says("actor.id", entry, "actor_id") &&
      this.#says("person.id", entry, "person_id") &&
      this.#says("agent.id", entry, "agent_id") &&
      this.#says("server.id", entry, "server_id") &&
      this.#says("credential.id", entry, "token_id") &&
      this.#says("target.kind", entry, "target_kind") &&
      this.#says("target.id", entry, "target_id") &&
      this.#says("tool", entry, "tool") &&
      this.#says(this.#has("clientIp") ? "clientIp" : "source.ip", entry, "ip") &&
      this.#says("requestId", entry, "request_id") &&
      this.#says(tied ? "trace.id" : null, entry, "trace_id") &&
      this.#says(tied ? session : null, entry, "session_id") &&
      this.#hasId(entry) &&
      this.#micros() === entry.occurredAt
    );
  }

  /** Goes through the body once; false where bytes alone do not tell. */
  #find(entry: ScannedEntry): boolean {
    const bytes = (this.#bytes = entry.bytes);
    const start = entry.start("body");
    const end = start + entry.length("body");
    this.#lengths.fill(-1);
    this.#version = 0;
    if (bytes[start] !== OPEN) return false;
    let [depth, first, second, third] = [1, 0, 0, 0];
    for (let at = start + 1; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        const from = ++at;
        let escaped = false;
        for (; at < end && bytes[at] !== QUOTE; at++)
          if (bytes[at] === BACKSLASH) {
            escaped = true;
            at++;
          }
        if (at >= end) return false;
        if (depth > 3) continue;
        if (bytes[at + 1] === COLON) {
          const name = nameAt(bytes, from, at);
          if (depth === 1) {
            if (name === SERVERS) return false;
            first = name;
            second = third = 0;
          } else if (depth === 2) {
            second = name;
            third = 0;
          } else third = name;
          at++;
          continue;
        }
        const place = placeOf(depth, first, second, third);
        if (place === 0) continue;
        // Twice the same name: readers may differ on which counts.
        if (escaped || this.#lengths[place - 1] !== -1) return false;
        this.#starts[place - 1] = from;
        this.#lengths[place - 1] = at - from;
      } else if (byte === OPEN || byte === OPEN_LIST) {
        depth++;
        if (depth === 2) second = third = 0;
        else if (depth === 3) third = 0;
      } else if (byte === CLOSE || byte === CLOSE_LIST) {
        if (--depth === 0) return at === end - 1;
      } else if (depth === 1 && first === VERSION && byte >= ZERO && byte <= NINE) {
        this.#version = this.#version * 10 + byte - ZERO;
      }
    }
    return false;
  }

  #has = (path: Path): boolean => this.#lengths[NTH[path]] !== -1;

  #is(path: Path, text: string): boolean {
    const [start, length] = [this.#starts[NTH[path]] as number, this.#lengths[NTH[path]] as number];
    if (length !== text.length) return false;
    for (let nth = 0; nth < length; nth++) if (this.#bytes[start + nth] !== text.charCodeAt(nth)) return false;
    return true;
  }

  /** @param path null where the body says nothing of it, and the column must be empty */
  #says(path: Path | null, entry: ScannedEntry, column: Column): boolean {
    const length = entry.length(column);
    const said = path === null ? -1 : (this.#lengths[NTH[path]] as number);
    if (length !== said) return false;
    return (
      length <= 0 ||
      same(this.#bytes, entry.start(column), this.#bytes, this.#starts[NTH[path as Path]] as number, length)
    );
  }

  /** The id is a UUID: 16 bytes in the column, hexadecimal digits and dashes in the body. */
  #hasId(entry: ScannedEntry): boolean {
    const start = entry.start("id");
    let at = this.#starts[NTH.id] as number;
    if (this.#lengths[NTH.id] !== 36) return false;
    for (let nth = 0; nth < 16; nth++) {
      if (nth === 4 || nth === 6 || nth === 8 || nth === 10) at++;
      const [high, low] = [digitOf(this.#bytes[at++] as number), digitOf(this.#bytes[at++] as number)];
      if (high * 16 + low !== this.#bytes[start + nth]) return false;
    }
    return true;
  }

  /** RFC 3339 with microseconds, as entries have it, in µs of Unix time; NaN where it is something else. */
  #micros(): number {
    const start = this.#starts[NTH.occurredAt] as number;
    if (this.#lengths[NTH.occurredAt] !== 27) return Number.NaN;
    if (!same(this.#bytes, start, this.#second, 0, 19)) {
      this.#bytes.copy(this.#second, 0, start, start + 19);
      this.#secondMicros = Date.parse(`${this.#second.toString("latin1")}Z`) * 1000;
    }
    let micros = 0;
    for (let at = start + 20; at < start + 26; at++) {
      const byte = this.#bytes[at] as number;
      if (byte < ZERO || byte > NINE) return Number.NaN;
      micros = micros * 10 + byte - ZERO;
    }
    return this.#bytes[start + 19] === 0x2e && this.#bytes[start + 26] === 0x5a
      ? this.#secondMicros + micros
      : Number.NaN;
  }
}

const VERSION = codeOf("v");

function placeOf(depth: number, first: number, second: number, third: number): number {
  if (depth === 2 && second === 0) return 0;
  if (depth === 3) return first === ACTOR && second === CREDENTIAL && third === ID ? ACTOR_CREDENTIAL_ID : 0;
  return PLACES[first * WIDTH + (depth === 1 ? 0 : second)] as number;
}

/** What a hexadecimal digit in lower case is worth; NaN for another byte. */
function digitOf(byte: number): number {
  if (byte >= ZERO && byte <= NINE) return byte - ZERO;
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : Number.NaN;
}
