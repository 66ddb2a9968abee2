import "server-only";
import { Deadlines } from "@/lib/deadlines";
import { GatehouseError } from "@/lib/errors";

/** A caller that waits for a tool call must hear within a second that it cannot go ahead. */
const DEADLINE_MS = 920;
const deadlines = new Deadlines(DEADLINE_MS);

/**
 * The work's outcome, or `unavailable` after 920 ms, or a little more. Work that is not done by then goes on, and may still leave its
 * entry in the log; its answer goes nowhere, so nothing was allowed by it.
 */
export function inTime<T>(work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const deadline = deadlines.begin(() =>
      reject(new GatehouseError("unavailable", { internal: "deadline passed", retryAfterSeconds: 1 })),
    );
    work().then(
      (outcome) => {
        deadline.done = true;
        resolve(outcome);
      },
      (error: unknown) => {
        deadline.done = true;
        reject(error as Error);
      },
    );
  });
}
