import "server-only";
import type { PreparedEntry } from "./entry";

// PostgreSQL's binary forms (`array_recv`, `record_recv` and the like in its source): numbers are big-endian, a value is its
// length in bytes and then itself, and the length -1 is NULL. A field of a record has its type before it.
const OID = { bytea: 17, text: 25, "text[]": 1009, timestamptz: 1184, uuid: 2950 } as const;
const NULL = -1;
/** PostgreSQL counts time from 2000-01-01: µs of Unix time. */
const EPOCH_MICROS = 946_684_800_000_000;
const UUID_BYTES = 16;
const LEAF_BYTES = 32;
const MAX_BYTES_PER_CHAR = 3;

/** The fields of the type `audit_entry_row`, in its order. */
const FIELDS = {
  id: "uuid", occurred_at: "timestamptz", action: "text", outcome: "text", reason: "text", actor_kind: "text", actor_id: "text",
  person_id: "text", agent_id: "text", server_id: "text", server_ids: "text[]", token_id: "text", target_kind: "text",
  target_id: "text", tool: "text", ip: "text", request_id: "text", body: "text", leaf: "bytea", trace_id: "text", session_id: "text",
} as const satisfies Record<keyof PreparedEntry, keyof typeof OID>; // prettier-ignore

/** The columns that an entry brings itself. */
export const ROW_COLUMNS = Object.keys(FIELDS) as readonly (keyof typeof FIELDS)[];

/** Bytes of a row beside its texts: a type and a length for each field, and its fixed values. */
const FIXED_BYTES = 1024;

/** Entries as the binary form of one `audit_entry_row[]`. @param rowType the OID of `audit_entry_row` */
export function encodeRows(rowType: number, entries: readonly PreparedEntry[]): Buffer {
  const rows = new RowWriter(entries.reduce((bytes, { body }) => bytes + body.length + FIXED_BYTES, FIXED_BYTES));
  rows.int32(1); // one dimension
  rows.int32(0); // none of the items is NULL
  rows.int32(rowType);
  rows.int32(entries.length);
  rows.int32(1); // whose first is number 1
  for (const entry of entries) rows.entry(entry);
  return rows.written();
}

class RowWriter {
  #bytes: Buffer;
  #at = 0;

  constructor(bytes: number) {
    this.#bytes = Buffer.allocUnsafe(bytes);
  }

  written(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  int32(value: number): void {
    this.#at = this.#bytes.writeInt32BE(value, this.#at);
  }

  entry(entry: PreparedEntry): void {
    this.#room(FIXED_BYTES);
    const lengthAt = this.#at;
    this.int32(0);
    this.int32(ROW_COLUMNS.length);
    this.#uuid(entry.id);
    this.#timestamp(entry.occurred_at);
    this.#text(entry.action);
    this.#text(entry.outcome);
    this.#text(entry.reason);
    this.#text(entry.actor_kind);
    this.#text(entry.actor_id);
    this.#text(entry.person_id);
    this.#text(entry.agent_id);
    this.#text(entry.server_id);
    this.#texts(entry.server_ids);
    this.#text(entry.token_id);
    this.#text(entry.target_kind);
    this.#text(entry.target_id);
    this.#text(entry.tool);
    this.#text(entry.ip);
    this.#text(entry.request_id);
    this.#room(FIXED_BYTES + entry.body.length);
    this.#head(OID.text, entry.body.length);
    this.#at += entry.body.copy(this.#bytes, this.#at);
    this.#head(OID.bytea, LEAF_BYTES);
    this.#at += this.#bytes.write(entry.leaf, this.#at, "hex");
    this.#text(entry.trace_id);
    this.#text(entry.session_id);
    this.#bytes.writeInt32BE(this.#at - lengthAt - 4, lengthAt);
  }

  /** Makes sure that as many bytes can be written. */
  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#at + bytes));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }

  #head(type: number, length: number): void {
    this.int32(type);
    this.int32(length);
  }

  #uuid(uuid: string): void {
    this.#head(OID.uuid, UUID_BYTES);
    this.#at += this.#bytes.write(uuid.replaceAll("-", ""), this.#at, "hex");
  }

  #timestamp(micros: number): void {
    const since = micros - EPOCH_MICROS;
    this.#head(OID.timestamptz, 8);
    this.int32(Math.floor(since / 2 ** 32));
    this.#at = this.#bytes.writeUInt32BE(since >>> 0, this.#at);
  }

  #text(text: string | null): void {
    if (text === null) return this.#head(OID.text, NULL);
    this.#room(FIXED_BYTES + text.length * MAX_BYTES_PER_CHAR);
    this.int32(OID.text);
    this.#value(text);
  }

  #value(text: string): void {
    const length = this.#bytes.write(text, this.#at + 4, "utf8");
    this.int32(length);
    this.#at += length;
  }

  #texts(texts: readonly string[] | null): void {
    if (texts === null) return this.#head(OID["text[]"], NULL);
    this.#room(FIXED_BYTES + texts.reduce((bytes, text) => bytes + text.length * MAX_BYTES_PER_CHAR + 4, 0));
    this.int32(OID["text[]"]);
    const lengthAt = this.#at;
    this.int32(0);
    this.int32(1);
    this.int32(0);
    this.int32(OID.text);
    this.int32(texts.length);
    this.int32(1);
    for (const text of texts) this.#value(text);
    this.#bytes.writeInt32BE(this.#at - lengthAt - 4, lengthAt);
  }
}
