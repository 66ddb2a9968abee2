import "server-only";
import type pg from "pg";

/** The columns of an entry that are read, in their order. */
export const SCANNED = [
  "idx", "id", "occurred_at", "action", "outcome", "reason", "actor_kind", "actor_id", "person_id", "agent_id", "server_id",
  "server_ids", "token_id", "target_kind", "target_id", "tool", "ip", "request_id", "trace_id", "session_id", "body", "leaf",
] as const; // prettier-ignore
export type Column = (typeof SCANNED)[number];
const PLACE = Object.fromEntries(SCANNED.map((name, nth) => [name, nth])) as Record<Column, number>;

/** The start of PostgreSQL's binary COPY: a signature of 11 bytes, flags, and the length of an extension. */
const COPY_MAGIC = Buffer.from("PGCOPY\n\u00ff\r\n\0", "latin1");
const COPY_HEADER = COPY_MAGIC.length + 8;
/** PostgreSQL counts time from 2000-01-01: µs of Unix time. */
const EPOCH_MICROS = 946_684_800_000_000;
const NULL = -1;

/**
 * One entry as PostgreSQL sent it, without a copy: good until the next one comes. A text costs what reading it costs, and what
 * is only compared is never made.
 */
export class ScannedEntry {
  #bytes: Buffer = Buffer.alloc(0);
  readonly #starts = new Int32Array(SCANNED.length);
  readonly #lengths = new Int32Array(SCANNED.length);

  /** Takes the row that starts at `at`; returns where the next one does, or null at the end of all. */
  take(bytes: Buffer, at: number): number | null {
    if (bytes.readInt16BE(at) === NULL) return null;
    this.#bytes = bytes;
    let next = at + 2;
    for (let nth = 0; nth < SCANNED.length; nth++) {
      const length = bytes.readInt32BE(next);
      next += 4;
      this.#starts[nth] = next;
      this.#lengths[nth] = length;
      if (length !== NULL) next += length;
    }
    return next;
  }

  get index(): number {
    return Number(this.#bytes.readBigInt64BE(this.#start("idx")));
  }

  /** µs of Unix time. */
  get occurredAt(): number {
    return Number(this.#bytes.readBigInt64BE(this.#start("occurred_at"))) + EPOCH_MICROS;
  }

  /** What the columns stand in. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Where a column begins in `bytes`. */
  start(name: Column): number {
    return this.#start(name);
  }

  /** How many bytes a column has; -1 where it is NULL. */
  length(name: Column): number {
    return this.#lengths[PLACE[name]] as number;
  }

  /** The bytes of a column in hexadecimal digits. */
  hex(name: "id" | "leaf"): string {
    return this.#bytes.toString("hex", this.#start(name), this.#end(name));
  }

  /** The leaf as it is stored. */
  get leaf(): string {
    return this.#bytes.toString("latin1", this.#start("leaf"), this.#end("leaf"));
  }

  text(name: Column): string | null {
    return this.#lengths[PLACE[name]] === NULL
      ? null
      : this.#bytes.toString("utf8", this.#start(name), this.#end(name));
  }

  /** A column that is a list of texts. */
  texts(name: "server_ids"): string[] | null {
    if (this.#lengths[PLACE[name]] === NULL) return null;
    // Dimensions, flags, the type of the items; then for one dimension its length and lower bound, and the items.
    let at = this.#start(name);
    if (this.#bytes.readInt32BE(at) === 0) return [];
    const count = this.#bytes.readInt32BE(at + 12);
    at += 20;
    const items: string[] = [];
    for (let nth = 0; nth < count; nth++) {
      const length = this.#bytes.readInt32BE(at);
      items.push(this.#bytes.toString("utf8", at + 4, at + 4 + length));
      at += 4 + length;
    }
    return items;
  }

  /** A zero byte and the body, which is what the leaf is the hash of. Spends the byte before the body: its length was read. */
  prefixedBody(): Buffer {
    const start = this.#start("body");
    this.#bytes[start - 1] = 0;
    return this.#bytes.subarray(start - 1, this.#end("body"));
  }

  #start(name: Column): number {
    return this.#starts[PLACE[name]] as number;
  }

  #end(name: Column): number {
    return this.#start(name) + Math.max(0, this.#lengths[PLACE[name]] as number);
  }
}

/** What of `pg` a statement of our own sees: its types leave this out. */
type Connection = { query: (text: string) => void };
type Callback = (error: Error | null) => void;

/** A COPY to us, whose rows are looked at as they come: `pg` itself would make an object and twenty texts of each. */
class CopyOut {
  /** What `pg` calls at the end, and sets a wrapper of where statements have a time limit. */
  callback: Callback;
  readonly #entry = new ScannedEntry();
  #error: unknown;
  #failed = false;

  constructor(
    private readonly text: string,
    private readonly look: (entry: ScannedEntry) => void,
    done: (error: unknown) => void,
  ) {
    this.callback = (error) => done(error ?? this.#error);
  }

  submit(connection: Connection): void {
    connection.query(this.text);
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    if (this.#failed) return;
    try {
      this.#take(chunk);
    } catch (error) {
      this.#failed = true;
      this.#error = error;
    }
  }

  #take(chunk: Buffer): void {
    const starts = chunk.length >= COPY_HEADER && chunk.compare(COPY_MAGIC, 0, COPY_MAGIC.length, 0, COPY_MAGIC.length) === 0; // prettier-ignore
    let at: number | null = starts ? COPY_HEADER : 0;
    while (at !== null && at < chunk.length) {
      at = this.#entry.take(chunk, at);
      if (at !== null) this.look(this.#entry);
    }
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  handleReadyForQuery(): void {
    this.callback(null);
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
}

/**
 * Looks at every entry with an index from `from` until before `to`, in order. Rejects with what `look` throws; it is called no
 * more then.
 */
export function scanEntries(
  client: pg.ClientBase,
  { from, to }: { from: number; to: number },
  look: (entry: ScannedEntry) => void,
): Promise<void> {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) throw new RangeError("an index is a whole number");
  // COPY takes no parameters: these are numbers, as was made sure.
  const text = `COPY (SELECT ${SCANNED.join(", ")} FROM audit_entry WHERE idx >= ${from} AND idx < ${to} ORDER BY idx) TO STDOUT (FORMAT binary)`;
  return new Promise((done, failed) => {
    const ended = (error: unknown) => {
      if (error === null || error === undefined) done();
      else failed(error instanceof Error ? error : new Error(String(error)));
    };
    client.query(new CopyOut(text, look, ended) as unknown as pg.Submittable);
  });
}
