import "server-only";
import type pg from "pg";
import { inClientTransaction } from "@/lib/client-transaction";
import { Recent } from "@/lib/recent";
import type { BadgeDto } from "./catalogue";
import { Bursts, habitOf, placeOf, usedToken, wokeAfter, type Watched } from "./rules";

const BATCH = 5000;
/** How far back a watcher that starts looks for bursts that are under way, entries. */
const WARM_UP = 20_000;
/** A token's last use is written at this grain, ms: rests are counted in days. */
const USE_GRAIN_MS = 3_600_000;
const KNOWN_PLACES = 50_000;

type Found = BadgeDto & { idx: number };

const READ = `
SELECT idx::float8 AS idx, extract(epoch FROM occurred_at)::float8 * 1000 AS "atMs", action, outcome, actor_kind AS "actorKind",
       actor_id AS "actorId", person_id AS "personId", agent_id AS "agentId", token_id AS "tokenId", ip
FROM audit_entry WHERE idx >= $1 AND idx < $1 + $2 ORDER BY idx`;

/**
 * Reads the log once, in its order, and notes what strikes: addresses seen first, tokens that wake, bursts of refusals. One
 * transaction for each batch of entries, with the place in the log: a badge is given exactly once, whoever dies when.
 */
export class BadgeWatcher {
  /** Pairs that are known to be in the table: nearly every call comes from where the last one did. */
  #places = new Recent<true>(KNOWN_PLACES);
  #bursts: Bursts | null = null;

  /** Reads the next batch, on a connection without a transaction. `more`: the log's end was not reached. */
  async step(client: pg.ClientBase): Promise<{ entries: number; more: boolean }> {
    try {
      const entries = await inClientTransaction(client, () => this.#read(client));
      return { entries, more: entries === BATCH };
    } catch (error) {
      // What this process remembers may be ahead of what is written now.
      this.#bursts = null;
      this.#places = new Recent(KNOWN_PLACES);
      throw error;
    }
  }

  async #read(client: pg.ClientBase): Promise<number> {
    await client.query("INSERT INTO audit_reader (job) VALUES ('badges') ON CONFLICT DO NOTHING");
    const { rows: places } = await client.query<{ next: number }>(
      "SELECT next::float8 AS next FROM audit_reader WHERE job = 'badges' FOR UPDATE",
    );
    const next = places[0]?.next ?? 0;
    this.#bursts ??= await warmBursts(client, next);
    const { rows: entries } = await client.query<Watched>(READ, [next, BATCH]);
    const last = entries.at(-1);
    if (!last) return 0;
    const found: Found[] = [
      ...this.#findBursts(entries),
      ...(await this.#findAddresses(client, entries)),
      ...(await findWoken(client, entries)),
    ];
    if (found.length > 0)
      await client.query(
        "INSERT INTO audit_badge (idx, kind, count) SELECT * FROM unnest($1::int8[], $2::text[], $3::int4[]) ON CONFLICT DO NOTHING",
        [found.map(({ idx }) => idx), found.map(({ kind }) => kind), found.map(({ count }) => count)],
      );
    await client.query("UPDATE audit_reader SET next = $1 WHERE job = 'badges'", [last.idx + 1]);
    return entries.length;
  }

  #findBursts(entries: readonly Watched[]): Found[] {
    return entries.flatMap((entry) => {
      const badge = this.#bursts?.add(entry);
      return badge ? [{ ...badge, idx: entry.idx }] : [];
    });
  }

  async #findAddresses(client: pg.ClientBase, entries: readonly Watched[]): Promise<Found[]> {
    const unknown = new Map<string, { subject: string; network: string; idx: number }>();
    for (const entry of entries) {
      const [subject, network] = [habitOf(entry), placeOf(entry.ip)];
      if (subject === null || network === null) continue;
      const key = `${subject} ${network}`;
      if (this.#places.get(key) || unknown.has(key)) continue;
      unknown.set(key, { subject, network, idx: entry.idx });
    }
    if (unknown.size === 0) return [];
    const all = [...unknown.values()];
    const { rows } = await client.query<{ idx: number; count: number }>(NOTE_ADDRESSES, [
      all.map(({ subject }) => subject),
      all.map(({ network }) => network),
      all.map(({ idx }) => idx),
    ]);
    for (const key of unknown.keys()) this.#places.set(key, true);
    // The first place of all is nothing new about somebody of whom nothing is known.
    return rows.filter(({ count }) => count > 0).map(({ idx, count }) => ({ kind: "new_address", idx, count }));
  }
}

// A statement does not see what it inserts itself: `known` is what was there before.
const NOTE_ADDRESSES = `
WITH seen AS (SELECT * FROM unnest($1::text[], $2::text[], $3::int8[]) AS seen(subject, network, first_idx)),
     noted AS (INSERT INTO audit_address (subject, network, first_idx) SELECT * FROM seen ON CONFLICT DO NOTHING
               RETURNING subject, first_idx)
SELECT noted.first_idx::float8 AS idx,
       ((SELECT count(*) FROM (SELECT FROM audit_address known WHERE known.subject = noted.subject LIMIT 1000) AS before)
        + (SELECT count(*) FROM noted earlier WHERE earlier.subject = noted.subject AND earlier.first_idx < noted.first_idx))::int AS count
FROM noted`;

/** Bursts that were under way before a place in the log. */
async function warmBursts(client: pg.ClientBase, next: number): Promise<Bursts> {
  const bursts = new Bursts();
  const from = Math.max(0, next - WARM_UP);
  const { rows } = await client.query<Watched>(READ, [from, next - from]);
  for (const entry of rows) bursts.add(entry);
  return bursts;
}

async function findWoken(client: pg.ClientBase, entries: readonly Watched[]): Promise<Found[]> {
  const uses = entries.flatMap((entry) => {
    const token = usedToken(entry);
    return token === null ? [] : [{ token, idx: entry.idx, atMs: entry.atMs }];
  });
  if (uses.length === 0) return [];
  const { rows } = await client.query<{ token: string; lastMs: number }>(
    `SELECT token_id AS token, extract(epoch FROM last_at)::float8 * 1000 AS "lastMs" FROM audit_token_use WHERE token_id = ANY($1)`,
    [[...new Set(uses.map(({ token }) => token))]],
  );
  const written = new Map(rows.map(({ token, lastMs }) => [token, lastMs]));
  const last = new Map(written);
  const found: Found[] = [];
  for (const { token, idx, atMs } of uses) {
    const before = last.get(token);
    const badge = before === undefined ? null : wokeAfter(before, atMs);
    if (badge) found.push({ ...badge, idx });
    last.set(token, Math.max(before ?? atMs, atMs));
  }
  const moved = [...last].filter(([token, atMs]) => atMs - (written.get(token) ?? 0) >= USE_GRAIN_MS);
  if (moved.length > 0)
    await client.query(
      `INSERT INTO audit_token_use (token_id, last_at) SELECT id, to_timestamp(at) FROM unnest($1::text[], $2::float8[]) AS used(id, at)
       ON CONFLICT (token_id) DO UPDATE SET last_at = excluded.last_at`,
      [moved.map(([token]) => token), moved.map(([, atMs]) => atMs / 1000)],
    );
  return found;
}
