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
