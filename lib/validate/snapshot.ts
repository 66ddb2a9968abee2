import "server-only";
import { looksLikeJwt } from "@/lib/oauth/access-token-form";
import { judgeJwt } from "@/lib/oauth/jwt";
import { credentialKind, type CredentialKind } from "@/lib/token/format";
import { hashCandidates } from "@/lib/token/hash";
import type { Facts, ServerFacts } from "./decide";
import { byTable, firstFound, readSnapshot } from "./facts-query";

/** What one call asks about. */
export type Ask = { token: string; tool?: string };

/** What one snapshot of the database says about a call; `server` is null where there is no such server any more. */
export type Snapshot = Omit<Facts, "server"> & { server: ServerFacts | null };

/** What a client may present to a server. Refresh tokens, secrets and server keys are for Gatehouse alone. */
const PRESENTABLE: ReadonlySet<CredentialKind> = new Set<CredentialKind>(["ro", "rw", "adm", "at"]);

/**
 * What is said of a token without a look-up: its form is wrong, or it is no token at all (a server key, a JWT that we have
 * not signed); null where one is needed.
 */
export function withoutLookUp(token: string): "malformed" | "unknown" | null {
  if (looksLikeJwt(token)) return judgeJwt(token);
  const kind = credentialKind(token);
  return kind === null ? "malformed" : PRESENTABLE.has(kind) ? null : "unknown";
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
  const presented = new Map([...candidates].filter((pair): pair is [string, Buffer[]] => typeof pair[1] !== "string"));
  const snapshot = await readSnapshot(serverId, byTable(presented), [...toolNames]);
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
