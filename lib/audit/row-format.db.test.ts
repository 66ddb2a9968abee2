import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pool } from "@/lib/db";
import { uuidV7 } from "@/lib/id";
import { useTestDatabase } from "@/lib/testing/database";
import type { PreparedEntry } from "./entry";
import { leafHash } from "./entry";
import { ROW_COLUMNS } from "./row-format";
import { rowTypeOf, writeEntries } from "./write";

useTestDatabase();

/** What PostgreSQL can hold: well-formed and without NUL. Short and long, of one to four bytes for each character. */
const text = fc
  .oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme", maxLength: 60 }), fc.constantFrom("", "…", "🔑", "x".repeat(3000)))
  .map((value) => value.toWellFormed().replaceAll("\0", "")); // prettier-ignore
/** Ids stand in indexes, which hold no long keys. */
const id = text.map((value) => value.slice(0, 100).toWellFormed());
const maybe = (of: fc.Arbitrary<string>) => fc.option(of);

const entry: fc.Arbitrary<PreparedEntry> = fc
  .record({
    occurred_at: fc.integer({ min: 0, max: 4_102_444_800_000_000 }),
    action: id,
    outcome: fc.constantFrom("allow", "deny", "success"),
    reason: maybe(id),
    actor_kind: fc.constantFrom("person", "server", "system"),
    actor_id: maybe(id),
    person_id: maybe(id),
    agent_id: maybe(id),
    server_id: maybe(id),
    server_ids: fc.option(fc.array(id, { maxLength: 30 })),
    token_id: maybe(id),
    target_kind: maybe(id),
    target_id: maybe(id),
    tool: maybe(id),
    ip: maybe(id),
    request_id: maybe(id),
    trace_id: maybe(id),
    session_id: maybe(id),
    body: text,
  })
  .map(({ body, ...columns }) => ({ ...columns, id: uuidV7(), body: Buffer.from(body), leaf: leafHash(body) }));

describe("entries in PostgreSQL's binary form", () => {
  it("are read back as they were sent, whatever they hold and however many", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 40 }), async (entries) => {
        const client = await pool().connect();
        try {
          await client.query("BEGIN");
          await writeEntries((sql, values) => client.query(sql, values), await rowTypeOf(pool()), entries);
          const { rows } = await client.query(
            `SELECT ${ROW_COLUMNS.map((name) =>
              name === "occurred_at"
                ? "(extract(epoch FROM occurred_at) * 1000000)::int8::text AS occurred_at"
                : name === "leaf"
                  ? "encode(leaf, 'hex') AS leaf"
                  : name,
            ).join(", ")} FROM audit_entry ORDER BY idx`,
          );
          expect(rows).toEqual(
            entries.map((sent) => ({ ...sent, occurred_at: String(sent.occurred_at), body: sent.body.toString() })),
          );
        } finally {
          await client.query("ROLLBACK");
          client.release();
        }
      }),
      { numRuns: 60 },
    );
  });
});
