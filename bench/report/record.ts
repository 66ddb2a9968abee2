import type { Measured } from "../measure";

/** A way of calling that several targets are called in. */
export type Load = {
  /** `closed-32`, `open-50%`, `open-1000/s`. */
  id: string;
  kind: "closed" | "open";
  connections: number;
  /** Calls per second of an open loop. */
  ratePerSecond?: number;
};

/** One run: which target, in which round, under which load, and what was seen. */
export type RunRecord = { target: string; round: number; load: Load; measured: Measured };
