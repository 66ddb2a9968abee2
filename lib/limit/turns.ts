import { GatehouseError } from "@/lib/errors";

/** Runs work when its turn comes. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Lets `atOnce` pieces of work run and `waiting` more wait, first come first served; any further one throws
 * `unavailable` at once. For what strangers may ask for without an account: they then compete with each other, and not
 * with everybody else for the connections to the database.
 */
export function takeTurns({ atOnce, waiting }: { atOnce: number; waiting: number }): Turns {
  let running = 0;
  const queue: (() => void)[] = [];
  return async (work) => {
    if (running < atOnce) running++;
    else if (queue.length < waiting) await new Promise<void>((begin) => queue.push(begin));
    else throw new GatehouseError("unavailable", { internal: "too many wait for their turn", retryAfterSeconds: 1 });
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else running--;
    }
  };
}

/**
 * Turns for each key by itself, one at a time; `waiting` more of the same key wait. For work that locks one row anyway: who waits
 * here holds no connection while the row is another's. Keys are forgotten once nobody works under them.
 */
export function takeTurnsByKey({
  waiting,
}: {
  waiting: number;
}): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const open = new Map<string, { turns: Turns; users: number }>();
  return async (key, work) => {
    const mine = open.get(key) ?? { turns: takeTurns({ atOnce: 1, waiting }), users: 0 };
    open.set(key, mine);
    mine.users++;
    try {
      return await mine.turns(work);
    } finally {
      mine.users--;
      if (mine.users === 0) open.delete(key);
    }
  };
}
