import { Gauge } from "prom-client";
import { registry } from "@/lib/metrics";
import { readForScrape } from "./scrape";

type Job = { name: string; silent: number | null; faulty: boolean };

/** What the keeper's jobs said of themselves. */
const readJobs = readForScrape<Job>(
  `SELECT name, extract(epoch FROM clock_timestamp() - done_at)::float8 AS silent, fault IS NOT NULL AS faulty FROM keeper_job`,
);

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
