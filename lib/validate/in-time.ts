import "server-only";
import { GatehouseError } from "@/lib/errors";

/** A caller that waits for a tool call must hear within a second that it cannot go ahead. */
const DEADLINE_MS = 950;

/**
 * The work's outcome, or `unavailable` after 950 ms. Work that is not done by then goes on, and may still leave its
 * entry in the log; its answer goes nowhere, so nothing was allowed by it.
 */
export function inTime<T>(work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new GatehouseError("unavailable", { internal: "deadline passed", retryAfterSeconds: 1 })),
      DEADLINE_MS,
    );
    work().then(
      (outcome) => {
        clearTimeout(timer);
        resolve(outcome);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error as Error);
      },
    );
  });
}
