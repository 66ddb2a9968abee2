import { Counter, Gauge } from "prom-client";
import { pool, type TimedQuery } from "@/lib/db";
import { registry } from "@/lib/metrics";

/** A scrape waits no longer for the database, ms: without it the rest is told. */
const READ_MS = 900;
/** All metrics of one scrape share what was read, ms. */
const SHARED_MS = 500;

type Sink = {
  id: string;
  kind: string;
  lag: number;
  waited: number;
  failures: number;
  shipped: number;
  missed: number;
  leftOut: number;
  letters: number;
};

const READ = `SELECT s.id, s.kind, greatest(0, h.next - s.cursor)::float8 AS lag,
    CASE WHEN h.next > s.cursor THEN (SELECT coalesce(extract(epoch FROM clock_timestamp() - e.recorded_at), 0)::float8 FROM audit_entry e
      WHERE e.idx >= s.cursor ORDER BY e.idx LIMIT 1) ELSE 0 END AS waited,
    s.failures_total::float8 AS failures, s.shipped::float8 AS shipped, s.missed::float8 AS missed, s.left_out::float8 AS "leftOut",
    (SELECT count(*)::float8 FROM audit_dead_letter d WHERE d.sink_id = s.id) AS letters
  FROM audit_sink s, audit_head h`;

let last: { at: number; sinks: Promise<readonly Sink[]> } | undefined;

/** How far each sink has got; nothing where the database does not answer. */
function readSinks(): Promise<readonly Sink[]> {
  if (last && Date.now() - last.at < SHARED_MS) return last.sinks;
  const query: TimedQuery = { text: READ, values: [], query_timeout: READ_MS };
  const sinks = pool()
    .query<Sink>(query)
    .then(
      ({ rows }) => rows,
      () => [],
    );
  last = { at: Date.now(), sinks };
  return sinks;
}

const labelNames = ["sink", "kind"] as const;

/** Ids and kinds alone are labels: names are people's own words. */
async function collected(tell: (labels: { sink: string; kind: string }, sink: Sink) => void): Promise<void> {
  for (const sink of await readSinks()) tell({ sink: sink.id, kind: sink.kind }, sink);
}

function sinkGauge(name: string, help: string, valueOf: (sink: Sink) => number): void {
  new Gauge({
    ...{ name, help, labelNames, registers: [registry] },
    async collect() {
      this.reset();
      await collected((labels, sink) => this.set(labels, valueOf(sink)));
    },
  });
}

function sinkCounter(name: string, help: string, valueOf: (sink: Sink) => number): void {
  new Counter({
    ...{ name, help, labelNames, registers: [registry] },
    async collect() {
      this.reset();
      await collected((labels, sink) => this.inc(labels, valueOf(sink)));
    },
  });
}

sinkGauge("gatehouse_sink_lag_entries", "Audit entries that wait for a sink.", ({ lag }) => lag);
sinkGauge(
  "gatehouse_sink_lag_seconds",
  "For how long the oldest audit entry that a sink lacks has waited.",
  ({ waited }) => waited,
);
sinkGauge(
  "gatehouse_sink_dead_letters",
  "Audit entries that a sink's receiver refused for good.",
  ({ letters }) => letters,
);
sinkCounter("gatehouse_sink_failures_total", "Tries to ship to a sink that failed.", ({ failures }) => failures);
sinkCounter("gatehouse_sink_shipped_total", "Audit entries that a sink acknowledged.", ({ shipped }) => shipped);
sinkCounter(
  "gatehouse_sink_missed_total",
  "Audit entries that had left the log before they were shipped.",
  ({ missed }) => missed,
);
sinkCounter("gatehouse_sink_left_out_total", "Audit entries that a sink's query left out.", ({ leftOut }) => leftOut);
