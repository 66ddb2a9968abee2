import { merged, type Histogram } from "../load/histogram";
import { BASELINE, type Target } from "../targets";
import type { RunRecord } from "./record";

/** What the rounds of one target under one load say together. Times in ms. */
export type Summary = {
  target: string;
  load: string;
  kind: "closed" | "open";
  /** Calls per second of an open loop that were asked for. */
  asked: number | null;
  rounds: number;
  /** Decisions per second: median of the rounds, lowest, highest. */
  perSecond: { median: number; low: number; high: number };
  /** Of all rounds together. */
  p50: number;
  p99: number;
  p999: number;
  max: number;
  errors: number;
  errorKinds: Record<string, number>;
  /** Against the baseline of the same round, median of the rounds; null where it was not measured under this load. */
  ratio: { perSecond: number; p99: number } | null;
  /** Processor time, s. */
  serverSeconds: number;
  postgresSeconds: number;
  /** Processor time of program and database for 1,000 decisions, ms. */
  cpuMsPerThousand: number;
  rssMiB: number;
  /** Share of a core that the load generator used at most; from 0.8 on it may be what was measured. */
  generatorLoad: number;
  /** Open loop: how much later than intended 99 % of the calls left, ms. */
  lateP99: number;
  answerBytes: number;
};

/** The middle one; the mean of the two middle ones of an even number; 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const at = (index: number) => sorted[index] ?? 0;
  return Number.isInteger(middle) ? (at(middle - 1) + at(middle)) / 2 : at(Math.floor(middle));
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function ratioTo(own: readonly RunRecord[], baseline: readonly RunRecord[], decisions: number): Summary["ratio"] {
  const rate = ({ measured }: RunRecord) => measured.result.perSecond;
  const p99 = ({ measured }: RunRecord) => merged([measured.result.latency]).percentile(0.99);
  const pairs = own.flatMap((record) => {
    const base = baseline.find(({ round }) => round === record.round);
    // Where nothing was answered there is no latency to compare, and 0 would look like the best of all.
    return base && rate(base) > 0 && p99(record) > 0 ? [{ record, base }] : [];
  });
  if (pairs.length === 0) return null;
  return {
    perSecond: median(pairs.map(({ record, base }) => (rate(record) * decisions) / rate(base))),
    p99: median(pairs.map(({ record, base }) => p99(record) / p99(base))),
  };
}

function addUp(kinds: readonly Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const counts of kinds)
    for (const [kind, count] of Object.entries(counts)) total[kind] = (total[kind] ?? 0) + count;
  return total;
}

function summaryOf(target: Target, own: readonly RunRecord[], baseline: readonly RunRecord[]): Summary {
  const { decisions } = target;
  const results = own.map(({ measured }) => measured.result);
  const latency: Histogram = merged(results.map((result) => result.latency));
  const ms = (share: number) => latency.percentile(share) / 1000;
  const rates = results.map(({ perSecond }) => perSecond * decisions);
  const errorKinds = addUp(results.map(({ errors }) => errors));
  const serverSeconds = sum(own.map(({ measured }) => measured.serverSeconds));
  const postgresSeconds = sum(own.map(({ measured }) => measured.postgresSeconds));
  const answered = sum(results.map((result) => result.answered)) * decisions;
  const load = own[0]?.load;
  return {
    target: target.id,
    load: load?.id ?? "",
    kind: load?.kind ?? "closed",
    asked: load?.ratePerSecond ?? null,
    rounds: own.length,
    perSecond: { median: median(rates), low: Math.min(...rates), high: Math.max(...rates) },
    p50: ms(0.5),
    p99: ms(0.99),
    p999: ms(0.999),
    max: latency.max / 1000,
    errors: sum(Object.values(errorKinds)),
    errorKinds,
    ratio: ratioTo(own, baseline, decisions),
    serverSeconds,
    postgresSeconds,
    cpuMsPerThousand: answered > 0 ? ((serverSeconds + postgresSeconds) * 1e6) / answered : 0,
    rssMiB: Math.max(...own.map(({ measured }) => measured.rssBytes)) / 2 ** 20,
    generatorLoad: Math.max(...results.map((result) => result.generatorLoad)),
    lateP99: merged(results.map(({ lateness }) => lateness)).percentile(0.99) / 1000,
    answerBytes: results[0]?.answerBytes ?? 0,
  };
}

/** Brings the rounds together: one summary for each target under each load, in the order of the targets. */
export function summarise(targets: readonly Target[], records: readonly RunRecord[]): Summary[] {
  const loads = [...new Set(records.map(({ load }) => load.id))];
  return loads.flatMap((load) => {
    const under = records.filter((record) => record.load.id === load);
    const baseline = under.filter(({ target }) => target === BASELINE);
    return targets.flatMap((target) => {
      const own = under.filter((record) => record.target === target.id);
      return own.length > 0 ? [summaryOf(target, own, baseline)] : [];
    });
  });
}
