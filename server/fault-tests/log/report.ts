import type { DeliveriesJudged } from "./deliveries";
import type { LogRun } from "./run";
import type { LogScene } from "./scene";
import { logViolationText, type LogViolation } from "./violation";
import type { Sample } from "./witness";

type Spread = { p50: number; p99: number; max: number };

/** What a run found, for people and machines. Times in ms. */
export type LogReport = {
  seed: string;
  seconds: number;
  entries: number;
  decisions: number;
  changes: number;
  checkpoints: { signed: number; byApi: number; byAnchors: number };
  faults: Record<string, number>;
  /** How old the oldest entry was that was not signed, at every look. */
  lag: Spread;
  /** From when all worked again until everything was signed that was committed by then, by what had happened. */
  recovery: Record<string, Spread>;
  sinks: { entries: number; repeated: number }[];
  violations: LogViolation[];
};

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number) => Math.round(sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0);
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** How long the oldest unsigned entry had waited at each look, as far as looking tells. */
export function lagsOf(samples: readonly Sample[]): number[] {
  let first = 0;
  return samples.map(({ atMs, head, signed }) => {
    while ((samples[first] as Sample).head <= signed && (samples[first] as Sample).atMs < atMs) first++;
    return head > signed ? atMs - (samples[first] as Sample).atMs : 0;
  });
}

/** From a moment on, until all is signed that was committed at the first look after it; null where that never came. */
export function recoveryMs(samples: readonly Sample[], fromMs: number): number | null {
  const then = samples.find(({ atMs }) => atMs >= fromMs);
  const caughtUp = then && samples.find(({ atMs, signed }) => atMs >= fromMs && signed >= then.head);
  return caughtUp ? Math.max(0, caughtUp.atMs - fromMs) : null;
}

const grouped = <T>(list: readonly T[], keyOf: (one: T) => string): [string, T[]][] =>
  [...new Set(list.map(keyOf))].sort().map((key) => [key, list.filter((one) => keyOf(one) === key)]);

type Judged = { violations: LogViolation[]; sinks: DeliveriesJudged[] };

/** Sums up a run that has ended and was judged. */
export function makeLogReport(
  { happened, decisions, changes }: LogRun,
  { witness, disruptions }: LogScene,
  { violations, sinks }: Judged,
  { seed, seconds }: { seed: string; seconds: number },
): LogReport {
  const { samples, published } = witness;
  const from = (source: string) => new Set(published.filter((one) => one.from === source).map(({ size }) => size)).size;
  const recovered = (list: typeof disruptions) => list.flatMap(({ healedMs }) => recoveryMs(samples, healedMs) ?? []);
  return {
    ...{ seed, seconds, decisions, changes, violations },
    entries: samples.at(-1)?.head ?? 0,
    checkpoints: { signed: new Set(samples.map(({ signed }) => signed)).size, byApi: from("api"), byAnchors: from("anchor") }, // prettier-ignore
    faults: Object.fromEntries(grouped(happened, ({ kind }) => kind).map(([kind, list]) => [kind, list.length])),
    lag: spread(lagsOf(samples)),
    recovery: Object.fromEntries(
      grouped(disruptions, ({ kind }) => kind).map(([kind, list]) => [kind, spread(recovered(list))]),
    ),
    sinks: sinks.map(({ entries, repeated }) => ({ entries, repeated })),
  };
}

const SHOWN = 20;
const spreadText = ({ p50, p99, max }: Spread) => `p50 ${p50}, p99 ${p99}, max ${max}`;

/** The report as text for a terminal. */
export function logReportText(report: LogReport): string {
  const { checkpoints, violations } = report;
  const faults = Object.entries(report.faults).map(([kind, count]) => `${count} ${kind}`);
  return [
    `seed ${report.seed}, ${report.seconds} s: ${report.entries} entries (${report.decisions} decisions and ${report.changes} changes were answered)`,
    `faults: ${faults.join(", ") || "none"}`,
    `checkpoints: ${checkpoints.signed} seen signed; ${checkpoints.byApi} were read by the API, ${checkpoints.byAnchors} stand in anchors`,
    `ms that the oldest unsigned entry had waited: ${spreadText(report.lag)}`,
    ...Object.entries(report.recovery).map(([kind, took]) => `ms from the end of a ${kind} until all was signed: ${spreadText(took)}`), // prettier-ignore
    ...report.sinks.map(({ entries, repeated }, nth) => `sink ${nth + 1}: ${entries} entries, ${repeated} batches came again`), // prettier-ignore
    `${violations.length} violations`,
    ...violations.slice(0, SHOWN).map(logViolationText),
  ].join("\n");
}
