import "server-only";
import type { Tx } from "@/lib/db";
import { announce, awaitLeases, finishAnnounced, giveUp, noteChange, type Announcement, type Spread } from "./announce";
import { subjectKey, type Subject } from "./subject";

/** Thrown inside a transaction, which it undoes: these subjects must be announced before they are narrowed. */
export class NotAnnounced extends Error {
  constructor(readonly subjects: readonly Subject[]) {
    super("not announced yet");
    this.name = "NotAnnounced";
  }
}

/** The changes of one run of a verb, over its attempts: what was announced, and what is waited for after the commit. */
export class Changes {
  #announced: Announcement | null = null;
  /** Of the present attempt. */
  #finished = false;
  #urgent: Spread[] = [];

  /** Begins an attempt: what an undone one did is undone. */
  begin(): void {
    this.#finished = false;
    this.#urgent = [];
  }

  /** Announces, and waits until no process has the subjects cached. */
  async announce(subjects: readonly Subject[]): Promise<void> {
    await this.close();
    this.#announced = await announce(subjects);
  }

  /** See `VerbScope.narrow`. Throws `NotAnnounced`. */
  async narrow(tx: Tx, subjects: readonly Subject[], urgent: boolean): Promise<Readonly<Spread>> {
    if (urgent) {
      const seq = await noteChange(tx, subjects);
      const spread: Spread = { seq, confirmedBy: 0, processes: 0, waitedMs: 0, complete: false };
      this.#urgent.push(spread);
      return spread;
    }
    const announced = this.#announced;
    if (!announced) throw new NotAnnounced(subjects);
    const covered = new Set(announced.subjects.map(subjectKey));
    const missing = subjects.filter((subject) => !covered.has(subjectKey(subject)));
    if (missing.length > 0) throw new NotAnnounced([...announced.subjects, ...missing]);
    if (!this.#finished && !(await finishAnnounced(tx, announced))) throw new NotAnnounced(announced.subjects);
    this.#finished = true;
    return announced.spread;
  }

  /** After the commit: waits for those who have not heard of an urgent change yet. It is made, whatever comes of that. */
  async committed(): Promise<void> {
    if (this.#finished) this.#announced = null;
    for (const spread of this.#urgent) Object.assign(spread, await awaitLeases(spread.seq).catch(() => ({})));
  }

  /** Ends what was announced and did not come about. */
  async close(): Promise<void> {
    const announced = this.#announced;
    this.#announced = null;
    if (announced) await giveUp(announced);
  }
}
