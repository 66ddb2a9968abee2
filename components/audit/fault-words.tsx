import { Callout } from "@/components/ui/callout";
import type { LogFaultDto } from "@/lib/audit/faults/schema";

/** What is wrong, as a sentence. */
export function faultWords({ source, index, fault }: LogFaultDto): string {
  const entry = `entry ${index.toLocaleString("en-US")}`;
  if (source === "behind") return `The audit log is not being signed: ${entry} waits for more than a minute.`;
  const what = source === "recheck" ? "What was signed of the audit log is not as it was" : "Nothing more of the audit log is signed"; // prettier-ignore
  return `${what}: ${entry}: ${fault}.`;
}

/** What to do about it. */
export function faultRemedy({ source }: LogFaultDto): string {
  if (source === "behind")
    return "Look whether the keeper runs, and what its log says. Calls go on, and are recorded: they are signed once it works again.";
  return "Keep the database, its backups and the anchors as they are, run gatehouse audit verify --anchor, and compare with what was shipped or exported. It goes from here when the log is again what was signed.";
}

/** Says above the log what is wrong with its proof. Nothing where all is well. */
export function LogFaults({ faults }: { faults: readonly LogFaultDto[] }) {
  return faults.map((fault) => (
    <Callout key={fault.source} tone="deny" alert title={faultWords(fault)}>
      {faultRemedy(fault)}
    </Callout>
  ));
}
