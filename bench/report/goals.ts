import { figure, type Table } from "./format";
import type { Summary } from "./summary";

/** What the other scenarios found, as far as a goal is about it. Times in ms. */
export type Findings = {
  million?: { tokens: number; missP99: number; hitP99: number; rssMiB: number; coldStartSeconds: number };
  /** `p99`: from call to answer with nothing wrong. `staleAllows`: of all runs, also those with faults. */
  revocation?: { p99: number; staleAllows: number };
  /** `firstP95`: of the filter whose first page took longest. */
  audit?: { entries: number; firstP95: number; writtenPerSecond: number };
};

type Verdict = { seen: string; met: boolean } | null;
type Goal = { what: string; goal: string; judge: (summaries: readonly Summary[], findings: Findings) => Verdict };

/** The load at which throughput is compared: where every target is at its best. */
const LOADS = ["closed-32", "closed-128"];

/** The better of the closed loops for each target: nobody is compared at a load that does not suit them. */
function best(summaries: readonly Summary[], target: string): Summary | undefined {
  return summaries
    .filter((summary) => summary.target === target && LOADS.includes(summary.load))
    .sort((a, b) => b.perSecond.median - a.perSecond.median)[0];
}

function against(peer: string, factor: number): Goal["judge"] {
  return (summaries) => {
    const own = best(summaries, "gatehouse-durable");
    const other = best(summaries, peer);
    if (!own || !other || other.perSecond.median === 0) return null;
    const ratio = own.perSecond.median / other.perSecond.median;
    return { seen: `${figure(ratio)} ×`, met: ratio >= factor };
  };
}

/** A goal about a million tokens: a run with fewer of them says nothing about it. */
function withMillion(judge: (million: NonNullable<Findings["million"]>) => Verdict): Goal["judge"] {
  return (_, { million }) => (million && million.tokens >= 1_000_000 ? judge(million) : null);
}

/** The goals of the design that the bench measures, each with how it is judged. */
const GOALS: readonly Goal[] = [
  {
    what: "validate, every decision durably audited, to a bare `node:http` echo of the same payload: requests/s",
    goal: "≥ 0.70 ×",
    judge: (summaries) => {
      const own = best(summaries, "gatehouse-durable");
      const echo = best(summaries, "echo");
      if (!own || !echo) return null;
      const ratio = own.perSecond.median / echo.perSecond.median;
      return { seen: `${figure(ratio)} ×`, met: ratio >= 0.7 };
    },
  },
  ...LOADS.map((load) => ({
    what: `the same: p99 at ${load.slice("closed-".length)} connections`,
    goal: "≤ 3 ×",
    judge: (summaries: readonly Summary[]) => {
      const own = summaries.find((summary) => summary.target === "gatehouse-durable" && summary.load === load);
      return own?.ratio ? { seen: `${figure(own.ratio.p99)} ×`, met: own.ratio.p99 <= 3 } : null;
    },
  })),
  { what: "to a Next route with the same verb", goal: "≥ 10 ×", judge: against("next-route", 10) },
  { what: "to better-auth's api-key verify, in PostgreSQL", goal: "≥ 10 ×", judge: against("better-auth", 10) },
  { what: "to the same with its cache", goal: "≥ 10 ×", judge: against("better-auth-cached", 10) },
  { what: "to oidc-provider's introspection, on PostgreSQL", goal: "≥ 10 ×", judge: against("oidc-provider", 10) },
  {
    what: "to plain `pg` written by hand: one look-up, one audit insert",
    goal: "≥ 5 ×",
    judge: against("hand-written", 5),
  },
  {
    what: "introspection, to Ory Hydra's published 7,934/s (2 cores, in-memory store), with a durable entry for each",
    goal: "> 7,934/s",
    judge: (summaries) => {
      const own = best(summaries, "gatehouse-introspect");
      return own ? { seen: `${figure(own.perSecond.median)}/s`, met: own.perSecond.median > 7934 } : null;
    },
  },
  {
    what: "one million live tokens: p99 of a look-up that no cache can answer",
    goal: "≤ 5 ms",
    judge: withMillion(({ missP99 }) => ({ seen: `${figure(missP99)} ms`, met: missP99 <= 5 })),
  },
  {
    what: "one million live tokens: memory of the authority",
    goal: "≤ 500 MiB",
    judge: withMillion(({ rssMiB }) => ({ seen: `${figure(rssMiB)} MiB`, met: rssMiB <= 500 })),
  },
  {
    what: "start on an existing database with a million tokens, to the first answer",
    goal: "≤ 3 s",
    judge: withMillion(({ coldStartSeconds }) => ({
      seen: `${figure(coldStartSeconds)} s`,
      met: coldStartSeconds <= 3,
    })),
  },
  {
    what: "revocation effective on 3 processes under load: p99, no stale allow also under faults",
    goal: "≤ 50 ms, 0",
    judge: (_, { revocation }) =>
      revocation
        ? {
            seen: `${figure(revocation.p99)} ms, ${revocation.staleAllows}`,
            met: revocation.p99 <= 50 && revocation.staleAllows === 0,
          }
        : null,
  },
  {
    what: "audit search, 10 million entries, first page of any filter, while 5,000 entries/s are written: p95 of the slowest",
    goal: "≤ 100 ms",
    judge: (_, { audit }) =>
      audit
        ? {
            seen: `${figure(audit.firstP95)} ms, ${audit.entries.toLocaleString("en-US")} entries, ${figure(audit.writtenPerSecond)} written/s`,
            met: audit.firstP95 <= 100 && audit.entries >= 10_000_000 && audit.writtenPerSecond >= 4_900,
          }
        : null,
  },
];

/** Goals of the design that other means prove, and where. */
const ELSEWHERE: readonly [string, string, string][] = [["audit verify", "≥ 200,000 entries/s", "not by this command"]];

/** Every goal, with what this run has measured of it. */
export function goalsTable(summaries: readonly Summary[], findings: Findings): Table {
  const judged = GOALS.map(({ what, goal, judge }) => {
    const verdict = judge(summaries, findings);
    return verdict ? [what, goal, verdict.seen, verdict.met ? "yes" : "no"] : [what, goal, "not in this run", "–"];
  });
  const elsewhere = ELSEWHERE.map(([what, goal, where]) => [what, goal, where, "–"]);
  return { head: ["Goal", "wanted", "measured", "met"], rows: [...judged, ...elsewhere] };
}
