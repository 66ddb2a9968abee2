/** Things that will be read together; their read has not begun. */
type Batch<Item, Found> = {
  group: string;
  items: Map<string, Item>;
  found: Promise<ReadonlyMap<string, Found>>;
  begin: () => void;
};

/** Reads things of one group, and tells by their keys what was found. */
type Read<Item, Found> = (group: string, items: ReadonlyMap<string, Item>) => Promise<ReadonlyMap<string, Found>>;

/**
 * Reads of many things by many: those that come while reads are under way are read together afterwards. Whoever asks
 * joins only a read that has not begun, so that what it finds was true after the asking.
 */
export class BatchReads<Item, Found> {
  readonly #read: Read<Item, Found>;
  readonly #atOnce: number;
  readonly #most: number;
  /** At most one batch of a group still takes items: its last. */
  readonly #open = new Map<string, Batch<Item, Found>>();
  readonly #waiting: Batch<Item, Found>[] = [];
  #running = 0;

  /**
   * @param atOnce reads under way at once, of all groups
   * @param most items of one read; more only where they were asked for together
   */
  constructor(read: Read<Item, Found>, { atOnce, most }: { atOnce: number; most: number }) {
    this.#read = read;
    this.#atOnce = atOnce;
    this.#most = most;
  }

  /**
   * What is found of the items, all by one read; what it finds of others that were read with them is in it as well. An
   * equal key means an equal item. Throws what the read throws.
   */
  load(group: string, items: ReadonlyMap<string, Item>): Promise<ReadonlyMap<string, Found>> {
    const open = this.#open.get(group);
    const batch = open && open.items.size + items.size <= this.#most ? open : this.#newBatch(group);
    for (const [key, item] of items) batch.items.set(key, item);
    return batch.found;
  }

  #newBatch(group: string): Batch<Item, Found> {
    let begin = () => undefined as void;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const batch: Batch<Item, Found> = { group, items: new Map(), found: begun.then(() => this.#run(batch)), begin };
    this.#open.set(group, batch);
    this.#waiting.push(batch);
    queueMicrotask(() => this.#beginNext()); // what is asked in this turn of the event loop goes together
    return batch;
  }

  #beginNext(): void {
    while (this.#running < this.#atOnce) {
      const batch = this.#waiting.shift();
      if (!batch) return;
      this.#running++;
      batch.begin();
    }
  }

  async #run(batch: Batch<Item, Found>): Promise<ReadonlyMap<string, Found>> {
    if (this.#open.get(batch.group) === batch) this.#open.delete(batch.group);
    try {
      return await this.#read(batch.group, batch.items);
    } finally {
      this.#running--;
      this.#beginNext();
    }
  }
}
