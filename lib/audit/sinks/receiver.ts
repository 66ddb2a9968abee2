import "server-only";
import type { Resolve } from "@/lib/outgoing/lookup";
import type { Personal } from "../personal/ref";
import type { SettingsOf, SinkKind } from "./settings";

/** An entry as the log holds it. */
export type LoggedEntry = {
  idx: number;
  id: string;
  /** RFC 3339 with µs; monotone with `idx`. */
  recordedAt: string;
  outcome: string;
  /** The exact stored text. */
  body: string;
  leaf: string;
  /** What the body's commitments stand for; null where that was erased. */
  personal: Personal;
};

/** What is sent at once, in order. */
export type Batch = {
  /** The same for the same entries that are sent again, another one after a replay. */
  id: string;
  /** What the ids of its parts begin with; each ends in its own range of indices. */
  series: string;
  entries: readonly LoggedEntry[];
  /** Where the batch's object begins, for receivers that take whole stretches of the log. */
  start: number;
};

/**
 * What became of a batch. `accepted`: the receiver has it. `refused`: it will not take these entries, now or later. `later`: it
 * may take them another time, when it is back or somebody has put its settings right.
 */
export type Receipt =
  { kind: "accepted" } | { kind: "refused"; why: string } | { kind: "later"; why: string; retryAfterMs?: number };

/** Writes an entry as one line of JSON. */
export type Format = (entry: LoggedEntry) => string;

/** A place to ship to, ready to be called. */
export type Place<K extends SinkKind> = {
  sinkId: string;
  settings: SettingsOf<K>;
  /** Empty where the place makes no use of one. */
  secret: string;
  format: Format;
  formatName: string;
  /** The host of Gatehouse's own address: who speaks. */
  hostname: string;
  nowSeconds: () => number;
  /** Default: the system's. */
  resolve?: Resolve;
};

/** Sends a batch. Never throws over what the other side does. */
export type Send = (batch: Batch, signal?: AbortSignal) => Promise<Receipt>;

/** Seconds of Unix time with µs, as text: no number holds nanoseconds exactly. */
export function unixSeconds(recordedAt: string): string {
  const seconds = Math.floor(Date.parse(recordedAt) / 1000);
  const fraction = /\.(\d{1,9})/.exec(recordedAt)?.[1] ?? "";
  return `${seconds}.${fraction.padEnd(6, "0")}`;
}

/** Nanoseconds of Unix time, as text. */
export function unixNanos(recordedAt: string): string {
  const [seconds = "0", fraction = ""] = unixSeconds(recordedAt).split(".");
  return `${seconds}${fraction.padEnd(9, "0")}`;
}
