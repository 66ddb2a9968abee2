import pg from "pg";
import type { PreparedEntry } from "@/lib/audit/entry";
import { encodeRows, ROW_COLUMNS } from "@/lib/audit/row-format";
import { noteBlocks } from "@/lib/audit/storage/blocks";
import { makePartitionsAhead } from "@/lib/audit/storage/ahead";
import { migrate } from "@/server/database/migrate";
import { seeded } from "../load/choice";
import { busyness } from "./random";
import { World } from "./world";

const DAY_MS = 86_400_000;
/** Days that the entries lie in: each is a partition. */
const DAYS = 28;
const BATCH = 5_000;
const SEED = 4711;

/** The same parties in every process: whoever writes on, writes about them. */
export const worldOfBench = (): World => new World(seeded(SEED));

async function fillParties(client: pg.Client, world: World): Promise<void> {
  const columns = (rows: readonly object[], ...names: string[]) =>
    names.map((name) => rows.map((row) => (row as Record<string, unknown>)[name]));
  await client.query(
    `INSERT INTO mcp_server (id, slug, name, resource, updated_at)
     SELECT id, slug, name, 'https://' || slug || '.example.com/mcp', now() FROM unnest($1::text[], $2::text[], $3::text[]) AS made(id, slug, name) ON CONFLICT DO NOTHING`,
    columns(world.servers, "id", "slug", "name"),
  );
  // Before the people, who would else get commitments of their own: the same stand in the entries of every process.
  await client.query(
    `INSERT INTO audit_personal (commitment, person_id, field, salt, value)
     SELECT ref, id, 'name', convert_to(lpad('', 32, 'x'), 'UTF8'), name FROM unnest($1::text[], $2::text[], $3::text[]) AS made(ref, id, name) ON CONFLICT DO NOTHING`,
    columns(world.people, "nameRef", "id", "name"),
  );
  await client.query(
    `INSERT INTO person (id, email, name, console_role, status, updated_at)
     SELECT id, email, name, 'member', 'active', now() FROM unnest($1::text[], $2::text[], $3::text[]) AS made(id, email, name) ON CONFLICT DO NOTHING`,
    columns(world.people, "id", "email", "name"),
  );
  await client.query(
    `INSERT INTO agent (id, name, kind, owner_id, updated_at) SELECT id, name, 'interactive', $3, now()
     FROM unnest($1::text[], $2::text[]) AS made(id, name) ON CONFLICT DO NOTHING`,
    [...columns(world.agents, "id", "name"), world.people[0]?.id],
  );
}

/** The moments of a day's entries, in order: busy hours have more, and thrice a day something is refused in a burst. */
function momentsOf(day: number, count: number): { atMs: number; burst: number | null }[] {
  const MINUTES = 1440;
  const weights = Array.from({ length: MINUTES }, (_, minute) => busyness(day + minute * 60_000));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const moments: { atMs: number; burst: number | null }[] = [];
  let owed = 0;
  for (const [minute, weight] of weights.entries()) {
    owed += (weight / total) * count;
    const n = Math.floor(owed);
    owed -= n;
    const burst = minute % 480 === 200 ? Math.floor(day / DAY_MS) * 3 + minute : null;
    for (let nth = 0; nth < n; nth++) moments.push({ atMs: day + minute * 60_000 + (nth * 60_000) / n, burst });
  }
  return moments;
}

const INSERT = (table: string) => `INSERT INTO ${table} (idx, recorded_at, ${ROW_COLUMNS.join(", ")})
  SELECT $1::bigint + nth - 1, occurred_at, ${ROW_COLUMNS.join(", ")}
  FROM unnest($2::audit_entry_row[]) WITH ORDINALITY AS batch(${ROW_COLUMNS.join(", ")}, nth)`;

type Day = { name: string; fromMs: number; firstIdx: number; count: number; entries: Iterable<PreparedEntry> };

async function insertDay(client: pg.Client, { name, firstIdx, entries }: Day): Promise<void> {
  const { rows } = await client.query<{ oid: number }>("SELECT 'audit_entry_row'::regtype::oid AS oid");
  const type = rows[0]?.oid ?? 0;
  let batch: PreparedEntry[] = [];
  let at = firstIdx;
  // While one batch is being written the next is made.
  let written: Promise<unknown> = Promise.resolve();
  const flush = async () => {
    await written;
    written = client.query({ name: `fill-${name}`, text: INSERT(name), values: [at, encodeRows(type, batch)] });
    at += batch.length;
    batch = [];
  };
  for (const entry of entries) if (batch.push(entry) === BATCH) await flush();
  await flush();
  await written;
}

/**
 * Fills a day's partition and leaves it closed, as the keeper does. Its indexes are made after, and all in one transaction, which
 * is several times faster: PostgreSQL may then do without its journal (`wal_level = minimal`).
 */
async function fillDay(client: pg.Client, day: Day): Promise<void> {
  const { name, fromMs, firstIdx, count } = day;
  await client.query("BEGIN");
  await client.query("SELECT audit_make_table($1)", [name]);
  const { rows: indexes } = await client.query<{ name: string; made: string }>(
    "SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS made FROM pg_index WHERE indrelid = $1::regclass",
    [name],
  );
  for (const index of indexes) await client.query(`DROP INDEX ${index.name}`);
  await insertDay(client, day);
  for (const index of indexes) await client.query(index.made.replace("fastupdate='on'", "fastupdate=off"));
  await client.query(`ALTER TABLE ${name} ADD PRIMARY KEY (idx, recorded_at)`);
  const lastIdx = firstIdx + count - 1;
  await client.query(
    `ALTER TABLE ${name} ADD CONSTRAINT ${name}_indices CHECK (idx >= ${firstIdx} AND idx <= ${lastIdx})`,
  );
  const [from, to] = [new Date(fromMs), new Date(fromMs + DAY_MS)].map((date) => date.toISOString());
  await client.query(`ALTER TABLE audit_entry ATTACH PARTITION ${name} FOR VALUES FROM ('${from}') TO ('${to}')`);
  await client.query(
    `INSERT INTO audit_partition (name, from_at, to_at, state, first_idx, last_idx, closed_at, indexed_at)
     VALUES ($1, $2, $3, 'closed', $4, $5, now(), now())`,
    [name, from, to, firstIdx, lastIdx],
  );
  await client.query("UPDATE audit_head SET next = $1", [lastIdx + 1]);
  await client.query("COMMIT");
  await client.query(`VACUUM (FREEZE, ANALYZE) ${name}`);
  while (await noteBlocks(client));
}

function* entriesOf(world: World, moments: ReturnType<typeof momentsOf>, share: number): Generator<PreparedEntry> {
  for (const [nth, { atMs, burst }] of moments.entries())
    yield burst !== null && nth % 2 === 0 ? world.refusal(burst, atMs) : world.entry(atMs, share);
}

/** Which days, oldest first, and how many entries each gets. */
function daysOf(count: number): { fromMs: number; wanted: number }[] {
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const days = Array.from({ length: DAYS }, (_, nth) => today - (DAYS - nth) * DAY_MS);
  const weights = days.map((day) => busyness(day + DAY_MS / 2));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = count;
  return days.map((fromMs, nth) => {
    const wanted = nth === DAYS - 1 ? left : Math.round(((weights[nth] ?? 0) / total) * count);
    left -= wanted;
    return { fromMs, wanted };
  });
}

/**
 * Fills a database with so many entries in the four weeks before today, a partition for each day, closed and indexed as the
 * keeper does it. Goes on where it was interrupted.
 */
export async function fillAudit(url: string, count: number, say: (line: string) => void): Promise<void> {
  await migrate(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const world = worldOfBench();
    await fillParties(client, world);
    await client.query("SET synchronous_commit = off; SET maintenance_work_mem = '512MB'");
    const { rows } = await client.query<{ name: string; last: string }>(
      "SELECT name, last_idx AS last FROM audit_partition WHERE state = 'closed'",
    );
    const there = new Map(rows.map(({ name, last }) => [name, Number(last)]));
    let firstIdx = 0;
    for (const [nth, { fromMs, wanted }] of daysOf(count).entries()) {
      const name = `audit_entry_${new Date(fromMs).toISOString().slice(0, 10).replaceAll("-", "")}t00`;
      const moments = momentsOf(fromMs, wanted);
      const entries = entriesOf(world, moments, nth / DAYS);
      if (!there.has(name)) await fillDay(client, { name, fromMs, firstIdx, count: moments.length, entries });
      firstIdx += moments.length;
      say(`  ${firstIdx.toLocaleString("en-US")} entries`);
    }
    await makePartitionsAhead(client);
    await client.query("ANALYZE mcp_server, person, agent, audit_partition, audit_block, audit_gram");
  } finally {
    await client.end();
  }
}
