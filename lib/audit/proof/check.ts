import "server-only";
import { leafHashOf, type Hash } from "../tree/hash";
import { columnsMatch } from "./columns";
import { LogFault, type EntryFault } from "./fault";
import { PlainBody } from "./plain";
import type { ScannedEntry } from "./scan";

/** Looks at entries one after the other, from an index on: each must be there once, and be as it was recorded. */
export class EntryCheck {
  /** The index that comes next. */
  next: number;
  readonly #plain = new PlainBody();

  constructor(from: number) {
    this.next = from;
  }

  /** The entry's leaf, made anew from its body. Throws `LogFault`. */
  leafOf(entry: ScannedEntry): Hash {
    const { index } = entry;
    if (index < this.next) throw fault(index, "it stands twice");
    if (index > this.next) throw fault(this.next, "it is missing");
    const stored = entry.leaf;
    const hashed = entry.prefixedBody();
    const leaf = leafHashOf(hashed);
    if (leaf !== stored) throw fault(index, "its hash does not match its body");
    if (!this.#plain.isSaidBy(entry)) {
      const body = parsed(hashed.toString("utf8", 1));
      if (body === undefined) throw fault(index, "its body is no entry");
      if (!columnsMatch(body, entry)) throw fault(index, "its columns do not match its body");
    }
    this.next += 1;
    return leaf;
  }

  /** At the end: nothing may be missing before `size`. Throws `LogFault`. */
  finish(size: number): void {
    if (this.next < size) throw fault(this.next, "it is missing");
  }
}

const fault = (index: number, what: EntryFault) => new LogFault(index, what);

/** The body as JSON; undefined where it is none, which a matching hash does not rule out. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
