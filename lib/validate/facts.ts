import "server-only";
import { credentialKind } from "@/lib/token/format";
import { hashCandidates } from "@/lib/token/hash";
import type { Facts, ServerFacts } from "./decide";
import { factCache, tokenKey, type FactCache } from "./fact-cache";
import { firstFound, readServerTable, readSnapshot } from "./facts-query";

/** What one call asks about. */
export type Ask = { token: string; tool?: string };

/** The server that asks, as its key told. */
export type Asking = Omit<ServerFacts, "offered">;

/**
 * The facts for some calls that one server asks about, in their order, all true at one moment after the call came: what was
 * changed before is in them. From the cache where this process holds a lease, else from one snapshot of the database.
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

const NOWHERE: ReadonlySet<string> = new Set();

/**
 * What `loadFacts` answers, where all of it is cached; null where it is not, or the lease has ended: it is asked after the
 * look-ups, so that a process that was stopped between them does not act on what was true before.
 * @param nowhere tokens that a read which began after the call did not find
 */
export function cachedFacts(
  asking: Asking,
  asks: readonly Ask[],
  nowhere: ReadonlySet<string> = NOWHERE,
): Facts[] | null {
  const cache = factCache();
  if (!cache) return null;
  const table = cache.servers.get(asking.id);
  const found: Facts[] = [];
  for (const { token, tool } of asks) {
    const known = cache.tokens.get(tokenKey(asking.id, token)) ?? withoutLookUp(token, nowhere);
    if (known === null || (!table && typeof known !== "string")) return null;
    found.push({
      server: table?.server ?? { ...asking, offered: [] },
      token: known,
      tool: tool === undefined ? null : (table?.tools.get(tool) ?? null),
      rateLimited: false,
    });
  }
  return cache.lease.alive() ? found : null;
}

function withoutLookUp(token: string, nowhere: ReadonlySet<string>): "malformed" | "unknown" | null {
  if (nowhere.has(token)) return "unknown";
  const kind = credentialKind(token);
  return kind === null ? "malformed" : kind === "srv" ? "unknown" : null;
}

/** Reads what is not cached yet, and caches it if nothing was changed since; returns the tokens that are nowhere. */
async function fillMissing(cache: FactCache, asking: Asking, asks: readonly Ask[]): Promise<ReadonlySet<string>> {
  const nowhere = new Set<string>();
  const missing = asks.filter(
    ({ token }) => cache.tokens.get(tokenKey(asking.id, token)) === undefined && withoutLookUp(token, NOWHERE) === null,
  );
  const work = missing.map(async ({ token }) => {
    if ((await cache.loader.load(asking.id, token)) === null) nowhere.add(token);
  });
  if (cache.servers.get(asking.id) === undefined) work.push(fillServer(cache, asking.id));
  await Promise.all(work);
  return nowhere;
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

/** Reads everything in one statement, and so in one snapshot; nothing of it is kept. */
async function readFacts(asking: Asking, asks: readonly Ask[]): Promise<Facts[]> {
  const candidates = asks.map(({ token }) => withoutLookUp(token, NOWHERE) ?? hashCandidates(token));
  const hashes = candidates.flatMap((candidate) => (typeof candidate === "string" ? [] : candidate));
  const toolNames = [...new Set(asks.flatMap(({ tool }) => (tool === undefined ? [] : [tool])))];
  const snapshot = hashes.length > 0 ? await readSnapshot(asking.id, hashes, toolNames) : null;
  const server = snapshot?.server ?? { ...asking, offered: [] };
  const tokens = new Map(snapshot?.tokens.map((found) => [found.hash, found]));
  return asks.map(({ tool }, nth) => {
    const candidate = candidates[nth] ?? "malformed";
    return {
      server,
      token: typeof candidate === "string" ? candidate : (firstFound(candidate, tokens)?.facts ?? "unknown"),
      tool: tool === undefined ? null : (snapshot?.tools.get(tool) ?? null),
      rateLimited: false,
    };
  });
}
