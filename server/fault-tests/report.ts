import type { Fault } from "./faults";
import type { TokenViolation } from "./histories";
import type { HappenedFault, Run, Seen } from "./run";

type Quantiles = { count: number; p50: number; p99: number; max: number };

/** Times until a revocation was effective, ms. */
type Effective = {
  /** What was under way between its call and its answer. */
  fault: string;
  revocations: number;
  /** How many needed another call. */
  calledAgain: number;
  /** From call to answer. */
  answer: Quantiles | null;
  /** From call to the first denial at each process. */
  denial: Quantiles | null;
};

/** What a run found, for people and machines. */
export type Report = {
  seed: string;
  seconds: number;
  operations: Run["histories"]["counts"];
  /** Tokens whose whole history was checked. */
  tokens: number;
  faults: Record<string, number>;
  happened: readonly HappenedFault[];
  staleAllows: number;
  violations: readonly TokenViolation[];
  effective: readonly Effective[];
};

const rounded = (value: number) => Math.round(value * 10) / 10;

function quantiles(values: readonly number[]): Quantiles | null {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (part: number) => rounded(sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0);
  return sorted.length === 0 ? null : { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

function effective(fault: string, seen: readonly Seen[]): Effective {
  return {
    fault,
    revocations: seen.length,
    calledAgain: seen.filter(({ calls }) => calls > 1).length,
    answer: quantiles(seen.flatMap(({ answerMs }) => answerMs ?? [])),
    denial: quantiles(seen.flatMap(({ denialsMs }) => denialsMs)),
  };
}

const kindsOf = (faults: readonly Fault[]) => [...new Set(faults.map(({ kind }) => kind))].sort();

type Summing = {
  seed: string;
  seconds: number;
  /** Revocations of the run's first seconds are checked as all others, and counted in no time: programs that have just started compile. */
  warmUpSeconds: number;
};

/** Sums up a run that has ended. */
export function makeReport(run: Run, { seed, seconds, warmUpSeconds }: Summing): Report {
  const { histories, happened } = run;
  const seen = run.seen.filter(({ atMs }) => atMs >= warmUpSeconds * 1000);
  const rows = [effective("all", seen)];
  if (happened.length > 0) {
    const undisturbed = seen.filter(({ during }) => during.length === 0);
    rows.push(effective("none", undisturbed));
  }
  for (const kind of kindsOf(happened)) {
    const disturbed = seen.filter(({ during }) => during.some((fault) => fault.kind === kind));
    rows.push(effective(kind, disturbed));
  }
  return {
    seed,
    seconds,
    operations: histories.counts,
    tokens: histories.judged,
    faults: Object.fromEntries(
      kindsOf(happened).map((kind) => [kind, happened.filter((one) => one.kind === kind).length]),
    ),
    happened,
    staleAllows: histories.violations.filter(({ kind }) => kind === "stale_allow").length,
    violations: histories.violations,
    effective: rows,
  };
}

const SHOWN = 20;
const COLUMNS = [24, 7, 7, 8, 8, 8, 9, 8, 8];

function row(cells: readonly (string | number)[]): string {
  return cells
    .map((cell, nth) => (nth === 0 ? String(cell).padEnd(COLUMNS[nth] ?? 0) : String(cell).padStart(COLUMNS[nth] ?? 0)))
    .join(" ");
}

/** The report as text for a terminal. */
export function reportText(report: Report): string {
  const counts = Object.entries(report.operations).map(([name, count]) => `${count} ${name}`);
  const faults = Object.entries(report.faults).map(([kind, count]) => `${count} ${kind}`);
  return [
    `seed ${report.seed}, ${report.seconds} s: ${counts.join(", ")}`,
    `faults: ${faults.join(", ") || "none"}`,
    "",
    "ms from the call of a revocation to its answer, and to the first denial at each process",
    row(["while there was", "count", "again", "answer", "p99", "max", "denial", "p99", "max"]),
    ...report.effective.map(({ fault, revocations, calledAgain, answer, denial }) =>
      row([
        fault,
        revocations,
        calledAgain,
        ...[answer, denial].flatMap((found) => [found?.p50 ?? "-", found?.p99 ?? "-", found?.max ?? "-"]),
      ]),
    ),
    "",
    `${report.tokens} histories checked: ${report.staleAllows} stale allows, ${report.violations.length} violations`,
    ...report.violations.slice(0, SHOWN).map(violationText),
  ].join("\n");
}

/** One violation as a line. */
export function violationText({ kind, tokenId, operation, against }: TokenViolation): string {
  const said = ({
    where,
    outcome,
    invokedMs,
    respondedMs,
  }: Pick<typeof operation, "where" | "invokedMs" | "respondedMs"> & { outcome: string }) =>
    `${outcome} by ${where} (asked ${invokedMs.toFixed(1)}, answered ${respondedMs.toFixed(1)})`;
  return `${kind}: ${tokenId}: ${said(operation)}; against ${against ? `${against.kind} ${said(against)}` : "no revocation at all"}`;
}
