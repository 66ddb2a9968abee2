import "server-only";
import { env } from "@/lib/env";
import { RateLimiter } from "@/lib/limit/rate-limiter";
import { SharedWindows } from "@/lib/limit/shared-window";
import { SlidingWindows } from "@/lib/limit/sliding-window";
import { Activity } from "./activity";
import { factCache } from "./fact-cache";
import { Recorder } from "./recorder";
import { SeenProofs } from "./seen-proofs";
import { writeLog } from "./write-log";

/** What validation keeps in a process: no fact of authorisation, only what waits to be written and what was counted. */
export type Runtime = {
  recorder: Recorder;
  limiter: RateLimiter;
  shared: SharedWindows | null;
  activity: Activity;
  seenProofs: SeenProofs;
};

// On globalThis because Next loads this module once per bundle.
const holder = globalThis as typeof globalThis & { __gatehouseValidate?: Runtime };

/** The process's own recorder, limiter and activity; made at first use, and anew after `closeRuntime`. */
export function runtime(): Runtime {
  return (holder.__gatehouseValidate ??= makeRuntime());
}

function makeRuntime(): Runtime {
  const { GATEHOUSE_AUDIT, REDIS_URL } = env();
  const shared = REDIS_URL ? new SharedWindows(REDIS_URL) : null;
  return {
    recorder: new Recorder({ write: writeLog, durable: GATEHOUSE_AUDIT === "durable" }),
    limiter: new RateLimiter({
      own: new SlidingWindows(),
      shared,
      processes: () => factCache()?.lease.holders ?? 1,
    }),
    shared,
    activity: new Activity(),
    seenProofs: new SeenProofs(),
  };
}

/** Writes everything that waits. Call it after the last request was answered, and before the database is closed. */
export async function closeRuntime(): Promise<void> {
  const open = holder.__gatehouseValidate;
  if (!open) return;
  holder.__gatehouseValidate = undefined;
  await open.recorder.close();
  await open.activity.close();
  await open.shared?.close();
}
