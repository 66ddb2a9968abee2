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
    else throw new GatehouseError("unavailable", { internal: "too many strangers wait", retryAfterSeconds: 1 });
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else running--;
    }
  };
}
