import "server-only";
import { hash } from "node:crypto";
import { uuidV7 } from "@/lib/id";
import { BatchReads } from "@/lib/lease/batch-reads";
import { LeasedCache, type Table } from "@/lib/lease/cache";
import { Lease } from "@/lib/lease/lease";
import { SharedReads } from "@/lib/lease/shared-reads";
import type { Subject } from "@/lib/lease/subject";
import type { KeyFacts } from "@/lib/key/authenticate";
import { hashCandidates } from "@/lib/token/hash";
import { byTable, firstFound, readTokens, type FoundToken, type ServerTable } from "./facts-query";
import type { TokenFacts } from "./decide";
import { readAsks, type Ask, type Snapshot } from "./snapshot";

/** About 3 KB each, with what is kept of those that come again: 90 MB where all of them do. */
const MAX_TOKENS = 30_000;
const MAX_KEYS = 10_000;
/** A server weighs as much as it has tools. */
const MAX_TOOLS = 200_000;

/** Reads of one kind at once, and tokens of one read: those of strangers must leave connections to everybody else. */
const LIMITS = { atOnce: 3, most: 200 };

/** Everything that this process has cached, and the lease under which it may use it. */
export class FactCache {
  readonly cache = new LeasedCache();
  /** By `digest` of the key. */
  readonly keys: Table<KeyFacts> = this.cache.table(MAX_KEYS);
  readonly keyReads = new SharedReads<KeyFacts | null>();
  /** By id. */
  readonly servers: Table<ServerTable> = this.cache.table(MAX_TOOLS);
  readonly serverReads = new SharedReads<void>();
  /** By server id and `digest` of the token. */
  readonly tokens: Table<TokenFacts> = this.cache.table(MAX_TOKENS);
  /** By server id: what is found of tokens, cached if it may be. */
  readonly tokenReads = new BatchReads<string, FoundToken>((id, tokens) => this.#readTokens(id, tokens), LIMITS);
  /** By server id: answers from the database alone, for when there is no lease. */
  readonly snapshots = new BatchReads<Ask, Snapshot>(readAsks, LIMITS);
  readonly lease: Lease;

  constructor(connectionString: string) {
    this.lease = new Lease({
      instance: uuidV7(),
      connectionString,
      onChanges: (subjects) => this.cache.drop(subjects),
    });
  }

  async #readTokens(serverId: string, tokens: ReadonlyMap<string, string>): Promise<Map<string, FoundToken>> {
    const read = this.cache.beginRead();
    try {
      const candidates = new Map([...tokens.keys()].map((token) => [token, hashCandidates(token)]));
      const rows = await readTokens(serverId, byTable(candidates));
      const byHash = new Map(rows.map((row) => [row.hash, row]));
      const found = new Map<string, FoundToken>();
      for (const [token, hashes] of candidates) {
        const row = firstFound(hashes, byHash);
        if (!row) continue;
        found.set(token, row);
        if (row.pending || !this.lease.alive()) continue;
        this.tokens.fill(read, tokenKey(serverId, token), row.facts, subjectsOf(serverId, row.facts));
      }
      return found;
    } finally {
      this.cache.endRead(read);
    }
  }
}

// On globalThis because Next loads this module once per bundle.
const holder = globalThis as typeof globalThis & { __gatehouseFacts?: FactCache };

/** What this process has cached; null where it holds no lease and reads everything from the database. */
export function factCache(): FactCache | null {
  return holder.__gatehouseFacts ?? null;
}

/** Begins to cache. For the authority: it answers from the database until its first lease is granted. */
export function startCaching(connectionString: string): void {
  holder.__gatehouseFacts ??= new FactCache(connectionString);
  holder.__gatehouseFacts.lease.start();
}

/** Ends it, and gives the lease back. */
export async function stopCaching(): Promise<void> {
  const open = holder.__gatehouseFacts;
  holder.__gatehouseFacts = undefined;
  await open?.lease.close();
}

/** What stands for a credential in memory: not the credential itself, for memory may be dumped. */
export function digest(credential: string): string {
  return hash("sha256", credential, "base64");
}

/** What a token stands under in `tokens`. */
export function tokenKey(serverId: string, token: string): string {
  return `${serverId}:${digest(token)}`;
}

/** Everything that a token's facts on one server come from. */
function subjectsOf(serverId: string, { id, person, agent, role, oauth }: TokenFacts): Subject[] {
  const subjects: Subject[] = [
    { kind: "token", id },
    { kind: "server", id: serverId },
  ];
  if (role.id !== null) subjects.push({ kind: "role", id: role.id });
  for (const roleId of oauth?.roleIds ?? []) if (roleId !== role.id) subjects.push({ kind: "role", id: roleId });
  for (const parent of oauth?.line.tokens ?? []) subjects.push({ kind: "token", id: parent });
  for (const parent of oauth?.line.agents ?? []) if (parent !== agent?.id) subjects.push({ kind: "agent", id: parent });
  if (oauth?.grantId) subjects.push({ kind: "grant", id: oauth.grantId });
  if (person) subjects.push({ kind: "person", id: person.id });
  if (agent) subjects.push({ kind: "agent", id: agent.id });
  return subjects;
}
