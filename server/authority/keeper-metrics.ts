import { Gauge } from "prom-client";
import { pool, type TimedQuery } from "@/lib/db";
import { registry } from "@/lib/metrics";

/** A scrape waits no longer for the database, ms: without it the rest is told. */
const READ_MS = 900;
/** All metrics of one scrape share what was read, ms. */
const SHARED_MS = 500;

type Job = { name: string; silent: number | null; faulty: boolean };

const READ = `SELECT name, extract(epoch FROM clock_timestamp() - done_at)::float8 AS silent, fault IS NOT NULL AS faulty FROM keeper_job`;

let last: { at: number; jobs: Promise<readonly Job[]> } | undefined;

/** What the keeper's jobs said of themselves; nothing where the database does not answer. */
function readJobs(): Promise<readonly Job[]> {
  if (last && Date.now() - last.at < SHARED_MS) return last.jobs;
  const query: TimedQuery = { text: READ, values: [], query_timeout: READ_MS };
  const jobs = pool()
    .query<Job>(query)
    .then(
      ({ rows }) => rows,
      () => [],
    );
  last = { at: Date.now(), jobs };
  return jobs;
}

function jobGauge(name: string, help: string, valueOf: (job: Job) => number | null): void {
  new Gauge({
    name,
    help,
    labelNames: ["job"],
    registers: [registry],
    async collect() {
      this.reset();
      for (const job of await readJobs()) {
        const value = valueOf(job);
        if (value !== null) this.set({ job: job.name }, value);
      }
    },
  });
}

jobGauge(
  "gatehouse_keeper_job_seconds_since_done",
  "Time since a job of the keeper last did its work; while it goes well, each says so every ten seconds.",
  ({ silent }) => silent,
);
jobGauge("gatehouse_keeper_job_faulty", "1 where the last round of a job of the keeper failed.", ({ faulty }) =>
  Number(faulty),
);
