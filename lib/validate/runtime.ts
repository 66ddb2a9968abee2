import "server-only";
import { env } from "@/lib/env";
import { SlidingWindows } from "@/lib/limit/sliding-window";
import { Activity } from "./activity";
import { Recorder } from "./recorder";
import { writeLog } from "./write-log";

/** What validation keeps in a process: no fact of authorisation, only what waits to be written and what was counted. */
export type Runtime = { recorder: Recorder; windows: SlidingWindows; activity: Activity };

// On globalThis because Next loads this module once per bundle.
const holder = globalThis as typeof globalThis & { __gatehouseValidate?: Runtime };

/** The process's own recorder, windows and activity; made at first use, and anew after `closeRuntime`. */
export function runtime(): Runtime {
  return (holder.__gatehouseValidate ??= {
    recorder: new Recorder({ write: writeLog, durable: env().GATEHOUSE_AUDIT === "durable" }),
    windows: new SlidingWindows(),
    activity: new Activity(),
  });
}

/** Writes everything that waits. Call it after the last request was answered, and before the database is closed. */
export async function closeRuntime(): Promise<void> {
  const open = holder.__gatehouseValidate;
  if (!open) return;
  holder.__gatehouseValidate = undefined;
  await open.recorder.close();
  await open.activity.close();
}
