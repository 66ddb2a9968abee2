import "server-only";
import type { PreparedEntry } from "./entry";

/** Anything that runs one SQL statement with positional parameters. */
export type SqlRunner = (sql: string, values: unknown[]) => Promise<unknown>;

/** Everything of an entry but its body, with the type of the parameter that brings it. */
const COLUMNS = {
  id: "uuid", occurred_at: "timestamptz", action: "text", outcome: "text", reason: "text", actor_kind: "text", actor_id: "text",
  person_id: "text", agent_id: "text", server_id: "text", server_ids: "text", token_id: "text", target_kind: "text",
  target_id: "text", tool: "text", ip: "text", request_id: "text", leaf: "bytea",
} as const satisfies Record<Exclude<keyof PreparedEntry, "body">, string>; // prettier-ignore

const NAMES = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];
const FIRST_COLUMN_PARAMETER = 3;

/**
 * Takes a dense index range from the one-row counter and inserts the batch, in one statement. The counter's row stays
 * locked until the transaction ends, so call it as the last step before commit: commit order is then index order.
 *
 * The bodies come as one JSON list ($2), whose elements PostgreSQL hands out as they were written, byte for byte: nothing
 * is escaped twice. Each other column comes as one array.
 */
const INSERT = `
WITH head AS (UPDATE audit_head SET next = next + $1::int WHERE id = 1 RETURNING next - $1::int AS first)
INSERT INTO audit_entry (idx, recorded_at, body, ${NAMES.join(", ")})
SELECT head.first + batch.nth - 1, clock_timestamp(), batch.body::text,
       ${NAMES.map((name) => (name === "server_ids" ? "server_ids::text[]" : name)).join(", ")}
FROM ROWS FROM (json_array_elements($2::json),
                unnest(${NAMES.map((name, nth) => `$${nth + FIRST_COLUMN_PARAMETER}::${COLUMNS[name]}[]`).join(", ")}))
     WITH ORDINALITY AS batch(body, ${NAMES.join(", ")}, nth), head`;

/** Writes entries with the given runner. Throws where any of them cannot be written: then none is. */
export async function writeEntries(run: SqlRunner, entries: readonly PreparedEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const bodies = `[${entries.map(({ body }) => body).join(",")}]`;
  await run(INSERT, [entries.length, bodies, ...NAMES.map((name) => columnOf(entries, name))]);
}

/** One column of all entries, as PostgreSQL writes an array. */
function columnOf(entries: readonly PreparedEntry[], name: keyof typeof COLUMNS): string {
  let list = "";
  for (const entry of entries) {
    if (list !== "") list += ",";
    const value = entry[name];
    if (value === null) list += "NULL";
    else if (name === "leaf") list += `"\\\\x${entry.leaf}"`;
    else list += typeof value === "string" ? quoted(value) : quoted(arrayOf(value));
  }
  return `{${list}}`;
}

const NEEDS_ESCAPE = /["\\]/;

const quoted = (text: string): string => `"${NEEDS_ESCAPE.test(text) ? text.replace(/["\\]/g, "\\$&") : text}"`;

const arrayOf = (texts: readonly string[]): string => `{${texts.map(quoted).join(",")}}`;
