import "server-only";
import { hash } from "node:crypto";
import { uuidV7 } from "@/lib/id";
import { LeasedCache, type Table } from "@/lib/lease/cache";
import { Lease } from "@/lib/lease/lease";
import { SharedReads } from "@/lib/lease/shared-reads";
import type { Subject } from "@/lib/lease/subject";
import type { KeyFacts } from "@/lib/key/authenticate";
import type { ServerTable } from "./facts-query";
import type { TokenFacts } from "./decide";
import { TokenLoader } from "./token-loader";

/** About 1 KB each. */
const MAX_TOKENS = 100_000;
const MAX_KEYS = 10_000;
/** A server weighs as much as it has tools. */
const MAX_TOOLS = 200_000;

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
  readonly loader = new TokenLoader(this.cache, (read, serverId, token, found) => {
    if (found.pending || !this.lease.alive()) return;
    this.tokens.fill(read, tokenKey(serverId, token), found.facts, subjectsOf(serverId, found.facts));
  });
  readonly lease: Lease;

  constructor(connectionString: string) {
    this.lease = new Lease({
      instance: uuidV7(),
      connectionString,
      onChanges: (subjects) => this.cache.drop(subjects),
    });
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
function subjectsOf(serverId: string, { id, person, agent, role }: TokenFacts): Subject[] {
  const subjects: Subject[] = [
    { kind: "token", id },
    { kind: "role", id: role.id },
    { kind: "server", id: serverId },
  ];
  if (person) subjects.push({ kind: "person", id: person.id });
  if (agent) subjects.push({ kind: "agent", id: agent.id });
  return subjects;
}
