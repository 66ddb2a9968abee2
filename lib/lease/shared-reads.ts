/** A read of one thing: the one under way, and the one that begins when it has ended. */
type Reads<V> = { next: Promise<V> | null; running: Promise<V> };

/**
 * Reads of the same things by many: at most one under way for each, and one to follow. Whoever asks joins only a read that
 * has not begun, so that what it finds was true after the asking.
 */
export class SharedReads<V> {
  readonly #reads = new Map<string, Reads<V>>();

  /** What `read` finds; each joined read is of whoever asked first. */
  load(key: string, read: () => Promise<V>): Promise<V> {
    const reads = this.#reads.get(key);
    if (!reads) return this.#begin(key, read);
    return (reads.next ??= reads.running.then(
      () => this.#begin(key, read),
      () => this.#begin(key, read),
    ));
  }

  #begin(key: string, read: () => Promise<V>): Promise<V> {
    const running = read();
    const reads: Reads<V> = { next: null, running };
    this.#reads.set(key, reads);
    const end = () => {
      if (this.#reads.get(key) === reads && reads.next === null) this.#reads.delete(key);
    };
    running.then(end, end);
    return running;
  }
}
