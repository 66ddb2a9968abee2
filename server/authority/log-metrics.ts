import { Gauge } from "prom-client";
import { registry } from "@/lib/metrics";
import { readForScrape } from "./scrape";

type Signed = { size: number; entries: number; seconds: number };

// How far what was signed is behind what was written, and how old the first entry is that waits.
const readSigned = readForScrape<Signed>(`
SELECT signed.size::float8 AS size, (head.next - signed.size)::float8 AS entries,
  coalesce((SELECT extract(epoch FROM clock_timestamp() - entry.recorded_at) FROM audit_entry entry
    WHERE entry.idx >= signed.size ORDER BY entry.idx LIMIT 1), 0)::float8 AS seconds
FROM audit_head head, (SELECT coalesce(max(size), 0) AS size FROM audit_checkpoint) signed`);

function logGauge(name: string, help: string, valueOf: (signed: Signed) => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      this.reset();
      for (const signed of await readSigned()) this.set(valueOf(signed));
    },
  });
}

type Fault = { source: string; index: number };

const readFaults = readForScrape<Fault>("SELECT source, idx::float8 AS index FROM audit_fault WHERE mended_at IS NULL");

new Gauge({
  name: "gatehouse_audit_fault_index",
  help: "The first entry of the audit log that is not as it was recorded or signed, or not signed in time, by who found it; nothing where all is well.",
  labelNames: ["source"],
  registers: [registry],
  async collect() {
    this.reset();
    for (const { source, index } of await readFaults()) this.set({ source }, index);
  },
});

type Recheck = { next: number; seconds: number | null };

const readRecheck = readForScrape<Recheck>(
  "SELECT next::float8 AS next, extract(epoch FROM clock_timestamp() - passed_at)::float8 AS seconds FROM audit_recheck",
);

function recheckGauge(name: string, help: string, valueOf: (recheck: Recheck) => number | null): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      this.reset();
      for (const recheck of await readRecheck()) {
        const value = valueOf(recheck);
        if (value !== null) this.set(value);
      }
    },
  });
}

recheckGauge(
  "gatehouse_audit_recheck_position",
  "The entry at which the walk over what was signed long ago stands.",
  ({ next }) => next,
);
recheckGauge(
  "gatehouse_audit_recheck_seconds_since_passed",
  "Time since everything that was signed was last found to be as it was.",
  ({ seconds }) => seconds,
);
logGauge(
  "gatehouse_audit_signed_entries",
  "Entries of the audit log that the newest signed checkpoint covers.",
  ({ size }) => size,
);
logGauge(
  "gatehouse_audit_unsigned_entries",
  "Entries of the audit log that no signed checkpoint covers yet.",
  ({ entries }) => entries,
);
logGauge(
  "gatehouse_audit_unsigned_seconds",
  "Age of the oldest entry that no signed checkpoint covers yet; 0 where there is none.",
  ({ seconds }) => seconds,
);
