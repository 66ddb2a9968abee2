import type { Target } from "../targets";
import { figure, type Table } from "./format";
import type { Summary } from "./summary";

/** From this share of a core on, the load generator may be what was measured. */
export const BUSY_GENERATOR = 0.8;

const times = (value: number | undefined) => (value === undefined ? "–" : `${figure(value)} ×`);
const percent = (share: number) => `${Math.round(share * 100)} %`;

function postgresShare({ serverSeconds, postgresSeconds }: Summary): string {
  const all = serverSeconds + postgresSeconds;
  return all > 0 ? percent(postgresSeconds / all) : "–";
}

/** Targets under one closed loop. */
export function closedTable(targets: readonly Target[], summaries: readonly Summary[], load: string): Table {
  return {
    head: [
      "",
      "decisions/s",
      "lowest – highest",
      "to echo",
      "p50 ms",
      "p99 ms",
      "p99.9 ms",
      "p99 to echo",
      "errors",
      "CPU ms / 1,000",
      "of it database",
      "RSS MiB",
      "generator",
    ],
    rows: summaries
      .filter((summary) => summary.load === load)
      .map((summary) => [
        titleOf(targets, summary),
        figure(summary.perSecond.median),
        `${figure(summary.perSecond.low)} – ${figure(summary.perSecond.high)}`,
        times(summary.ratio?.perSecond),
        figure(summary.p50),
        figure(summary.p99),
        figure(summary.p999),
        times(summary.ratio?.p99),
        String(summary.errors),
        figure(summary.cpuMsPerThousand),
        postgresShare(summary),
        figure(summary.rssMiB),
        percent(summary.generatorLoad),
      ]),
  };
}

/** Targets under all open loops. */
export function openTable(targets: readonly Target[], summaries: readonly Summary[]): Table {
  return {
    head: [
      "",
      "rate",
      "calls/s asked",
      "p50 ms",
      "p99 ms",
      "p99.9 ms",
      "max ms",
      "p99 to echo",
      "errors",
      "sent late, p99 ms",
    ],
    rows: summaries
      .filter(({ kind }) => kind === "open")
      .map((summary) => [
        titleOf(targets, summary),
        summary.load.endsWith("%") ? `${summary.load.slice("open-".length)} of capacity` : "the same for all",
        figure(summary.asked ?? 0),
        figure(summary.p50),
        figure(summary.p99),
        figure(summary.p999),
        figure(summary.max),
        times(summary.ratio?.p99),
        String(summary.errors),
        figure(summary.lateP99),
      ]),
  };
}

function titleOf(targets: readonly Target[], { target }: Summary): string {
  return targets.find(({ id }) => id === target)?.title ?? target;
}

/** What a reader must know before believing the tables: errors, and runs in which the generator was busy. */
export function warnings(summaries: readonly Summary[]): string[] {
  return summaries.flatMap((summary) => {
    const where = `${summary.target}, ${summary.load}`;
    const found: string[] = [];
    if (summary.errors > 0) found.push(`${where}: ${summary.errors} errors (${JSON.stringify(summary.errorKinds)})`);
    if (summary.generatorLoad > BUSY_GENERATOR)
      found.push(
        `${where}: the load generator used ${percent(summary.generatorLoad)} of a core, so the target may do more`,
      );
    return found;
  });
}
