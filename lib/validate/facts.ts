import "server-only";
import { rethrow } from "@/lib/db-errors";
import { mayHaveLapsed, type Facts, type ServerFacts, type TokenFacts } from "./decide";
import { factCache, tokenKey, type FactCache } from "./fact-cache";
import { readServerTable, type FoundToken } from "./facts-query";
import { askKey, readAsks, withoutLookUp, type Ask } from "./snapshot";
import { asKnown, strangers } from "./strangers";

/** The server that asks, as its key told. */
export type Asking = Omit<ServerFacts, "offered" | "requireDpop">;

/**
 * Does what is to be done with the facts for some calls: at once where the cache knows all their tokens, else in the turn of
 * strangers, so that who is known goes first. Without a lease nobody is known, and nobody waits for a turn. Throws
 * `unavailable` where the facts cannot be read, or too many wait.
 */
export async function withFacts<T>(
  asking: Asking,
  asks: readonly Ask[],
  work: (facts: Facts[]) => Promise<T>,
): Promise<T> {
  const cached = cachedFacts(asking, asks);
  if (cached?.every(({ token }) => typeof token !== "string")) return asKnown(() => work(cached));
  // Also what was cached is asked again when the turn comes: it may have changed since.
  const lookUp = async () => work(await loadFacts(asking, asks).catch(rethrow));
  return factCache()?.lease.alive() ? strangers.take(asking.id, asks.length, lookUp) : lookUp();
}

/**
 * The facts for some calls that one server asks about, in their order, all true at one moment after the call came: what was
 * changed before is in them. From the cache where this process holds a lease, else from one snapshot of the database, which
 * calls that come at the same time share.
 * A token of wrong form needs no look-up, and one of the server-key kind is never a token. Throws what the driver throws
 * where the database is away.
 */
export async function loadFacts(asking: Asking, asks: readonly Ask[]): Promise<Facts[]> {
  const cache = factCache();
  if (cache?.lease.alive()) {
    const nowhere = await fillMissing(cache, asking, asks);
    const found = cachedFacts(asking, asks, nowhere);
    if (found) return found;
  }
  return readFacts(asking, asks);
}

/** What is known of a server by its key alone: enough where no token was found. */
const unknownServer = (asking: Asking): ServerFacts => ({ ...asking, requireDpop: false, offered: [] });

const NOWHERE: ReadonlySet<string> = new Set();

/**
 * What `loadFacts` answers, where all of it is cached; null where it is not, or the lease has ended: it is asked after the
 * look-ups, so that a process that was stopped between them does not act on what was true before.
 * @param nowhere tokens that a read which began after the call did not find
 */
function cachedFacts(asking: Asking, asks: readonly Ask[], nowhere: ReadonlySet<string> = NOWHERE): Facts[] | null {
  const cache = factCache();
  if (!cache) return null;
  const table = cache.servers.get(asking.id);
  const found: Facts[] = [];
  for (const { token, tool } of asks) {
    const known = cachedToken(cache, asking, token) ?? (nowhere.has(token) ? "unknown" : withoutLookUp(token));
    if (known === null || (!table && typeof known !== "string")) return null;
    found.push({
      server: table?.server ?? unknownServer(asking),
      token: known,
      tool: tool === undefined ? null : (table?.tools.get(tool) ?? null),
      rateLimited: false,
    });
  }
  return cache.lease.alive() ? found : null;
}

/** A token's facts, where they are cached and still say enough. */
function cachedToken(cache: FactCache, asking: Asking, token: string): TokenFacts | undefined {
  const known = cache.tokens.get(tokenKey(asking.id, token));
  return known?.oauth && mayHaveLapsed(known.oauth, Date.now() / 1000) ? undefined : known;
}

/** Reads what is not cached yet, and caches it if nothing was changed since; returns the tokens that are nowhere. */
async function fillMissing(cache: FactCache, asking: Asking, asks: readonly Ask[]): Promise<ReadonlySet<string>> {
  const missing = new Map(
    asks
      .filter(({ token }) => !cachedToken(cache, asking, token) && withoutLookUp(token) === null)
      .map(({ token }) => [token, token]),
  );
  const [found] = await Promise.all([
    missing.size === 0 ? new Map<string, FoundToken>() : cache.tokenReads.load(asking.id, missing),
    cache.servers.get(asking.id) ? undefined : fillServer(cache, asking.id),
  ]);
  return new Set([...missing.keys()].filter((token) => !found.has(token)));
}

/** Reads a server's table, and caches it if nothing was changed since. */
function fillServer({ cache, lease, servers, serverReads }: FactCache, serverId: string): Promise<void> {
  return serverReads.load(serverId, async () => {
    const read = cache.beginRead();
    try {
      const found = await readServerTable(serverId);
      if (!found || found.pending || !lease.alive()) return;
      const { pending: _pending, ...table } = found;
      servers.fill(read, serverId, table, [{ kind: "server", id: serverId }], 1 + table.tools.size);
    } finally {
      cache.endRead(read);
    }
  });
}

/** All from one snapshot of the database; nothing of it is kept. */
async function readFacts(asking: Asking, asks: readonly Ask[]): Promise<Facts[]> {
  const needsNothing = asks.every(({ token }) => withoutLookUp(token) !== null);
  const found = needsNothing ? null : await readTogether(asking.id, new Map(asks.map((ask) => [askKey(ask), ask])));
  const unknown = unknownServer(asking);
  return asks.map((ask) => {
    const facts = found?.get(askKey(ask));
    if (!facts)
      return { server: unknown, token: withoutLookUp(ask.token) ?? "unknown", tool: null, rateLimited: false };
    return { ...facts, server: facts.server ?? unknown };
  });
}

/** Whoever may cache is asked by many: without its lease it must not ask the database as often. */
const readTogether: typeof readAsks = (serverId, asks) =>
  factCache()?.snapshots.load(serverId, asks) ?? readAsks(serverId, asks);
