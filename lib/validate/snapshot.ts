import "server-only";
import { credentialKind } from "@/lib/token/format";
import { hashCandidates } from "@/lib/token/hash";
import type { Facts, ServerFacts } from "./decide";
import { firstFound, readSnapshot } from "./facts-query";

/** What one call asks about. */
export type Ask = { token: string; tool?: string };

/** What one snapshot of the database says about a call; `server` is null where there is no such server any more. */
export type Snapshot = Omit<Facts, "server"> & { server: ServerFacts | null };

/** What is said of a token without a look-up: its form is wrong, or it is a server key; null where one is needed. */
export function withoutLookUp(token: string): "malformed" | "unknown" | null {
  const kind = credentialKind(token);
  return kind === null ? "malformed" : kind === "srv" ? "unknown" : null;
}

/** What an ask stands under among others. Its token is in it: for as long as it takes to answer, not for a cache. */
export const askKey = ({ token, tool }: Ask): string => JSON.stringify([token, tool]);

/** Answers some asks about one server, by `askKey`, from one snapshot of the database. Throws what the driver throws. */
export async function readAsks(
  serverId: string,
  asks: ReadonlyMap<string, Ask>,
): Promise<ReadonlyMap<string, Snapshot>> {
  const candidates = new Map<string, "malformed" | "unknown" | Buffer[]>();
  const toolNames = new Set<string>();
  for (const { token, tool } of asks.values()) {
    if (!candidates.has(token)) candidates.set(token, withoutLookUp(token) ?? hashCandidates(token));
    if (tool !== undefined) toolNames.add(tool);
  }
  const hashes = [...candidates.values()].flatMap((candidate) => (typeof candidate === "string" ? [] : candidate));
  const snapshot = await readSnapshot(serverId, hashes, [...toolNames]);
  const byHash = new Map(snapshot.tokens.map((found) => [found.hash, found]));
  const factsOf = ({ token, tool }: Ask): Snapshot => {
    const candidate = candidates.get(token) ?? "malformed";
    return {
      server: snapshot.server,
      token: typeof candidate === "string" ? candidate : (firstFound(candidate, byHash)?.facts ?? "unknown"),
      tool: tool === undefined ? null : (snapshot.tools.get(tool) ?? null),
      rateLimited: false,
    };
  };
  return new Map([...asks].map(([key, ask]) => [key, factsOf(ask)]));
}
