import "server-only";
import { pool } from "@/lib/db";
import { isId } from "@/lib/id";
import { touchKeys } from "@/lib/key/touch";

/** One presentation of a token. Times in Unix seconds. */
export type Use = {
  tokenId: string;
  allowed: boolean;
  atSeconds: number;
  /** Where and for what; null where the token is not for the server that asked: that is nobody's use of it. */
  place: { serverId: string; ip: string | null; tool: string | null } | null;
};

type Totals = {
  lastUsedAt: number | null;
  lastAllowedAt: number | null;
  place: Use["place"];
  allowed: number;
  denied: number;
};

/** How often the figures are written, ms. */
export const FLUSH_EVERY_MS = 5000;
/** Tokens whose figures may wait before they are written early. */
const MAX_TOKENS = 20_000;

// In the order of the ids, so that two processes which flush at once never deadlock. Times never go back, and where and
// for what belong to the newest time.
const FLUSH = `
INSERT INTO token_activity AS known (token_id, last_used_at, last_ip, last_tool, last_server_id, allowed, denied)
SELECT t.id, to_timestamp(used.at), used.ip, used.tool, used.server_id, used.allowed, used.denied
FROM unnest($1::text[], $2::float8[], $3::text[], $4::text[], $5::text[], $6::int8[], $7::int8[])
       AS used(id, at, ip, tool, server_id, allowed, denied)
JOIN token t ON t.id = used.id
ORDER BY t.id
ON CONFLICT (token_id) DO UPDATE SET
  last_used_at = greatest(known.last_used_at, excluded.last_used_at),
  last_ip = CASE WHEN excluded.last_used_at >= coalesce(known.last_used_at, '-infinity') THEN excluded.last_ip ELSE known.last_ip END,
  last_tool = CASE WHEN excluded.last_used_at >= coalesce(known.last_used_at, '-infinity') THEN excluded.last_tool ELSE known.last_tool END,
  last_server_id = CASE WHEN excluded.last_used_at >= coalesce(known.last_used_at, '-infinity')
                        THEN excluded.last_server_id ELSE known.last_server_id END,
  allowed = known.allowed + excluded.allowed,
  denied = known.denied + excluded.denied`;

// An OAuth token lives a quarter of an hour: what people look at is the grant that it hangs from. What was refused is no use
// of it: else who is refused for having rested would be let in the next time.
const FLUSH_GRANTS = `
INSERT INTO grant_activity AS known (grant_id, last_used_at, last_ip, last_tool)
SELECT DISTINCT ON (t.grant_id) t.grant_id, to_timestamp(used.at), used.ip, used.tool
FROM unnest($1::text[], $2::float8[], $3::text[], $4::text[]) AS used(id, at, ip, tool)
JOIN access_token t ON t.id = used.id
WHERE t.grant_id IS NOT NULL AND used.at IS NOT NULL
ORDER BY t.grant_id, used.at DESC
ON CONFLICT (grant_id) DO UPDATE SET last_used_at = excluded.last_used_at, last_ip = excluded.last_ip, last_tool = excluded.last_tool
WHERE excluded.last_used_at > known.last_used_at`;

/**
 * Usage figures of tokens and keys, added up in memory and written every few seconds: cheap to show, never in the way of an
 * answer. They may lag by the interval, and lack its last part after a crash; the audit log has every single call.
 */
export class Activity {
  #waiting = new Map<string, Totals>();
  /** Key id → Unix seconds of its last use. */
  #keys = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;
  #flushing: Promise<void> = Promise.resolve();

  /** Tokens whose figures wait to be written. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Notes one use. Never throws, never waits. */
  note(use: Use): void {
    const one: Totals = {
      lastUsedAt: use.place ? use.atSeconds : null,
      lastAllowedAt: use.place && use.allowed ? use.atSeconds : null,
      place: use.place,
      allowed: use.allowed ? 1 : 0,
      denied: use.allowed ? 0 : 1,
    };
    this.#add(use.tokenId, one);
    if (this.#waiting.size >= MAX_TOKENS) void this.flush().catch(() => undefined);
    this.#wake();
  }

  /** Notes that a server key was used. Never throws, never waits. */
  noteKey(keyId: string, atSeconds: number): void {
    this.#keys.set(keyId, Math.max(atSeconds, this.#keys.get(keyId) ?? 0));
    this.#wake();
  }

  #wake(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.flush().catch(() => this.#wake());
    }, FLUSH_EVERY_MS).unref();
  }

  #add(tokenId: string, more: Totals): void {
    const known = this.#waiting.get(tokenId);
    if (!known) {
      // While the database is away this stays bounded; figures of further tokens are lost, their audit entries are not.
      if (this.#waiting.size < 2 * MAX_TOKENS) this.#waiting.set(tokenId, more);
      return;
    }
    if (more.lastAllowedAt !== null) known.lastAllowedAt = Math.max(more.lastAllowedAt, known.lastAllowedAt ?? 0);
    known.allowed += more.allowed;
    known.denied += more.denied;
    if (more.lastUsedAt !== null && more.lastUsedAt >= (known.lastUsedAt ?? -Infinity)) {
      known.lastUsedAt = more.lastUsedAt;
      known.place = more.place;
    }
  }

  /** Writes what waits. Throws where the database is away: then nothing is lost, and the next flush has it. */
  flush(): Promise<void> {
    return (this.#flushing = this.#flushing
      .catch(() => undefined)
      .then(() => Promise.all([this.#writeTokens(), this.#writeKeys()]))
      .then(() => undefined));
  }

  async #writeKeys(): Promise<void> {
    const taken = this.#keys;
    this.#keys = new Map();
    try {
      await touchKeys(taken);
    } catch (error) {
      for (const [keyId, atSeconds] of taken) this.#keys.set(keyId, Math.max(atSeconds, this.#keys.get(keyId) ?? 0));
      throw error;
    }
  }

  async #writeTokens(): Promise<void> {
    if (this.#waiting.size === 0) return;
    const taken = this.#waiting;
    this.#waiting = new Map();
    const rows = [...taken];
    const column = <T>(pick: (totals: Totals) => T): T[] => rows.map(([, totals]) => pick(totals));
    const ids = rows.map(([tokenId]) => tokenId);
    const place = [column((totals) => totals.place?.ip ?? null), column((totals) => totals.place?.tool ?? null)];
    try {
      if (rows.some(([tokenId]) => isId("accessToken", tokenId)))
        await pool().query(FLUSH_GRANTS, [ids, column((totals) => totals.lastAllowedAt), ...place]);
      await pool().query(FLUSH, [
        ids,
        column((totals) => totals.lastUsedAt),
        ...place,
        column((totals) => totals.place?.serverId ?? null),
        column((totals) => totals.allowed),
        column((totals) => totals.denied),
      ]);
    } catch (error) {
      for (const [tokenId, totals] of taken) this.#add(tokenId, totals);
      throw error;
    }
  }

  /** Stops the timer and writes what waits, if the database is there. */
  async close(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.flush().catch(() => undefined);
  }
}
