import "server-only";
import { createHash } from "node:crypto";

/** As many keys as are remembered; beyond them the one noted first is forgotten. */
const MAX_KEYS = 10_000;

/**
 * The server keys that were good in this process before. No right follows from it, every key is looked up every time:
 * it says whose look-up goes before those of strangers.
 */
export class Familiar {
  readonly #marks = new Set<string>();

  /** True where `key` was noted. */
  has(key: string): boolean {
    return this.#marks.has(markOf(key));
  }

  /** Notes that `key` was good just now. */
  note(key: string): void {
    const mark = markOf(key);
    if (this.#marks.has(mark)) return;
    const [oldest] = this.#marks;
    if (this.#marks.size >= MAX_KEYS && oldest !== undefined) this.#marks.delete(oldest);
    this.#marks.add(mark);
  }

  /** Notes that `key` was no good. */
  forget(key: string): void {
    this.#marks.delete(markOf(key));
  }
}

/** Not the key itself: memory may be dumped. */
function markOf(key: string): string {
  return createHash("sha256").update(key).digest("base64");
}
