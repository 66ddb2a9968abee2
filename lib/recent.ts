/** Values that were worked out for recently seen texts: bounded, and nothing in it outlives two full generations. */
export class Recent<T> {
  readonly #size: number;
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  /** @param size texts of one generation; at most twice as many are held */
  constructor(size: number) {
    this.#size = size;
  }

  /** What was noted for the text, or undefined. */
  get(text: string): T | undefined {
    const young = this.#young.get(text);
    if (young !== undefined) return young;
    const old = this.#old.get(text);
    if (old !== undefined) this.set(text, old);
    return old;
  }

  /** Notes the value of a text. */
  set(text: string, value: T): void {
    if (this.#young.size >= this.#size) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, value);
  }
}
