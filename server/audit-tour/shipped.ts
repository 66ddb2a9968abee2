import { readRange } from "@/lib/audit/sinks/read";
import type { Format } from "@/lib/audit/sinks/receiver";
import { headOfLog } from "@/lib/testing/sinks";

/** What a schema has against the whole log as a format writes it: each fault once, with an entry that shows it. */
export async function faultsAsShipped(
  format: Format,
  judge: (event: Record<string, unknown>) => readonly string[],
): Promise<[fault: string, body: string][]> {
  const { entries } = await readRange(0, await headOfLog(), 100_000, null);
  const faults = new Map<string, string>();
  for (const entry of entries)
    for (const fault of judge(JSON.parse(format(entry)) as Record<string, unknown>))
      if (!faults.has(fault)) faults.set(fault, entry.body);
  return [...faults];
}
