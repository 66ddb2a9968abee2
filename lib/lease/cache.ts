import { subjectKey, type Subject } from "./subject";

/** A subject that entries hang on: dropping it drops them all, whatever their number, in one step. */
type Ref = { key: string; dropped: boolean; entries: number };

/** So many that were used are passed over to make room; after them the oldest goes, used or not. */
const MOST_SPARED = 64;

const isDropped = ({ dropped }: Ref): boolean => dropped;

/** A read of the database under way: what was changed since it began must not be cached from it. */
export type Read = { readonly changed: Set<string>; everything: boolean };

/** `used`: asked for since it was last passed over. `seen`: the changes up to here are known not to concern it. */
type Entry<V> = { value: V; refs: readonly Ref[]; weight: number; used: boolean; seen: number };

/**
 * What a process has cached under its lease: tables of entries, each about some subjects. A change of a subject drops its
 * entries, and keeps reads that began before from filling them in again (the fill guard of design §5).
 */
export class LeasedCache {
  readonly #refs = new Map<string, Ref>();
  readonly #reads = new Set<Read>();
  readonly #tables: Table<unknown>[] = [];
  #changes = 0;

  /** How many changes there were. */
  get changes(): number {
    return this.#changes;
  }

  /** A table that holds entries up to `maxWeight` (each weighs 1, if nothing else is said). */
  table<V>(maxWeight: number): Table<V> {
    const table = new Table<V>(this, maxWeight);
    this.#tables.push(table as Table<unknown>);
    return table;
  }

  /** Call before the query of a read is sent, and `endRead` when it was cached or given up. */
  beginRead(): Read {
    const read: Read = { changed: new Set(), everything: false };
    this.#reads.add(read);
    return read;
  }

  endRead(read: Read): void {
    this.#reads.delete(read);
  }

  /** Drops what is cached of these subjects. */
  drop(subjects: readonly Subject[]): void {
    this.#changes++;
    for (const subject of subjects) {
      if (subject.kind === "all") this.#dropAll();
      else this.#dropOne(subjectKey(subject));
    }
  }

  #dropOne(key: string): void {
    const ref = this.#refs.get(key);
    if (ref) ref.dropped = true;
    this.#refs.delete(key);
    for (const read of this.#reads) read.changed.add(key);
  }

  #dropAll(): void {
    for (const table of this.#tables) table.clear();
    this.#refs.clear();
    for (const read of this.#reads) read.everything = true;
  }

  /** The refs of some subjects, one entry more on each; null where one of them was changed since the read began. */
  hold(read: Read, subjects: readonly Subject[]): readonly Ref[] | null {
    const keys = subjects.map(subjectKey);
    if (read.everything || keys.some((key) => read.changed.has(key))) return null;
    return keys.map((key) => {
      const ref = this.#refs.get(key) ?? { key, dropped: false, entries: 0 };
      ref.entries++;
      this.#refs.set(key, ref);
      return ref;
    });
  }

  letGo(refs: readonly Ref[]): void {
    for (const ref of refs) {
      ref.entries--;
      if (ref.entries === 0 && this.#refs.get(ref.key) === ref) this.#refs.delete(ref.key);
    }
  }
}

/**
 * One kind of cached facts. Where it is full, the oldest goes that was not asked for since it was last passed over (CLOCK):
 * nearly what was used longest ago, and a hit need not move anything.
 */
export class Table<V> {
  readonly #cache: LeasedCache;
  readonly #maxWeight: number;
  readonly #entries = new Map<string, Entry<V>>();
  #weight = 0;
  /** For the metrics. */
  hits = 0;
  misses = 0;

  constructor(cache: LeasedCache, maxWeight: number) {
    this.#cache = cache;
    this.#maxWeight = maxWeight;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** What is cached, if nothing of it was changed. It counts only if the lease is alive after this. */
  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (!entry || !this.#isCurrent(entry)) {
      if (entry) this.#remove(key, entry);
      this.misses++;
      return undefined;
    }
    entry.used = true;
    this.hits++;
    return entry.value;
  }

  #isCurrent(entry: Entry<V>): boolean {
    const { changes } = this.#cache;
    if (entry.seen === changes) return true;
    if (entry.refs.some(isDropped)) return false;
    entry.seen = changes;
    return true;
  }

  /** Caches what a read found, unless one of its subjects was changed since the read began. */
  fill(read: Read, key: string, value: V, subjects: readonly Subject[], weight = 1): void {
    if (weight > this.#maxWeight) return;
    const refs = this.#cache.hold(read, subjects);
    if (!refs) return;
    const before = this.#entries.get(key);
    if (before) this.#remove(key, before);
    this.#entries.set(key, { value, refs, weight, used: false, seen: this.#cache.changes });
    this.#weight += weight;
    if (this.#weight > this.#maxWeight) this.#makeRoom(key);
  }

  /** Bounded, so that no call waits for a walk through the whole table. What was filled just now stays in any case. */
  #makeRoom(newest: string): void {
    let spared = 0;
    for (const [oldest, entry] of this.#entries) {
      if (this.#weight <= this.#maxWeight) return;
      if (oldest !== newest && (!entry.used || spared >= MOST_SPARED)) {
        this.#remove(oldest, entry);
        continue;
      }
      spared++;
      entry.used = false;
      this.#entries.delete(oldest); // and in again, behind all others
      this.#entries.set(oldest, entry);
    }
  }

  #remove(key: string, entry: Entry<V>): void {
    this.#entries.delete(key);
    this.#weight -= entry.weight;
    this.#cache.letGo(entry.refs);
  }

  clear(): void {
    this.#entries.clear();
    this.#weight = 0;
  }
}
