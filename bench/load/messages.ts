import type { Choice } from "./choice";
import type { PlainHistogram } from "./histogram";
import type { Call } from "./request";

/** What a generator is pointed at. */
export type Aim = {
  port: number;
  call: Call;
  /** A file of tokens of equal length with nothing between them; null where the call has none. */
  tokens: { file: string; length: number; choice: Choice } | null;
  /** What the body of a good answer holds, and how often; any other answer is an error. */
  expect: { text: string; times: number };
};

/** How it fires. */
export type Run = {
  /** Each connection calls again as soon as it was answered; or calls leave at a fixed rate, whatever was answered. */
  kind: "closed" | "open";
  connections: number;
  /** Calls per second of an open loop. */
  ratePerSecond?: number;
  /** Before anything is counted, ms. */
  warmUpMs: number;
  /** What is counted, ms. */
  durationMs: number;
};

/** What was seen of one run. */
export type RunResult = {
  /** Good answers within the counted time. */
  answered: number;
  /** Good answers a second. */
  perSecond: number;
  /** From when the call left (closed loop) or was meant to leave (open loop) to its answer. */
  latency: PlainHistogram;
  /** Open loop: how much later than intended calls left, because of the generator or because no connection was free. */
  lateness: PlainHistogram;
  /** What went wrong, and how often: by status, by error of the connection, or `not allowed`. */
  errors: Record<string, number>;
  /** Bytes of the body of the last good answer. */
  answerBytes: number;
  /** Processor time of the generator in the counted time, as a share of one core. */
  generatorLoad: number;
};

/** What a generator process is told, and what it answers to each. */
export type ToGenerator = { kind: "aim"; aim: Aim } | { kind: "run"; run: Run };
export type FromGenerator =
  { kind: "aimed" } | { kind: "started" } | { kind: "result"; result: RunResult } | { kind: "failed"; message: string };
