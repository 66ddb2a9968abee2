import "server-only";
import type { LeasedCache, Read } from "@/lib/lease/cache";
import { hashCandidates } from "@/lib/token/hash";
import { firstFound, readTokens, type FoundToken } from "./facts-query";

/** Reads of tokens at once: those of strangers must leave connections to everybody else. */
const MAX_READS = 3;
const MAX_BATCH = 200;

/** Tokens of one server that will be read together; their read has not begun. */
type Batch = {
  serverId: string;
  tokens: Map<string, Buffer[]>;
  found: Promise<Map<string, FoundToken>>;
  begin: () => void;
};

/** Caches what was found, if it may be. */
type Fill = (read: Read, serverId: string, token: string, found: FoundToken) => void;

/**
 * Reads tokens that are not cached: those that come while reads are under way are read together afterwards. Whoever asks
 * joins only a read that has not begun, so that what it finds was true after the asking.
 */
export class TokenLoader {
  readonly #cache: LeasedCache;
  readonly #fill: Fill;
  /** At most one batch of a server still takes tokens: its last. */
  readonly #open = new Map<string, Batch>();
  readonly #waiting: Batch[] = [];
  #running = 0;

  constructor(cache: LeasedCache, fill: Fill) {
    this.#cache = cache;
    this.#fill = fill;
  }

  /** The token, as far as it concerns the server; null where there is none. Throws what the driver throws. */
  async load(serverId: string, token: string): Promise<FoundToken | null> {
    const open = this.#open.get(serverId);
    const batch = open && (open.tokens.has(token) || open.tokens.size < MAX_BATCH) ? open : this.#newBatch(serverId);
    if (!batch.tokens.has(token)) batch.tokens.set(token, hashCandidates(token));
    return (await batch.found).get(token) ?? null;
  }

  #newBatch(serverId: string): Batch {
    let begin = () => undefined as void;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const batch: Batch = { serverId, tokens: new Map(), found: begun.then(() => this.#read(batch)), begin };
    this.#open.set(serverId, batch);
    this.#waiting.push(batch);
    queueMicrotask(() => this.#beginNext()); // what is asked in this turn of the event loop goes together
    return batch;
  }

  #beginNext(): void {
    while (this.#running < MAX_READS) {
      const batch = this.#waiting.shift();
      if (!batch) return;
      this.#running++;
      batch.begin();
    }
  }

  async #read(batch: Batch): Promise<Map<string, FoundToken>> {
    const { serverId, tokens } = batch;
    if (this.#open.get(serverId) === batch) this.#open.delete(serverId);
    const read = this.#cache.beginRead();
    try {
      const rows = await readTokens(serverId, [...tokens.values()].flat());
      const byHash = new Map(rows.map((row) => [row.hash, row]));
      const found = new Map<string, FoundToken>();
      for (const [token, candidates] of tokens) {
        const row = firstFound(candidates, byHash);
        if (!row) continue;
        found.set(token, row);
        this.#fill(read, serverId, token, row);
      }
      return found;
    } finally {
      this.#cache.endRead(read);
      this.#running--;
      this.#beginNext();
    }
  }
}
