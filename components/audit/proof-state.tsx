import { Download } from "lucide-react";
import { buttonClass } from "@/components/ui/button-class";
import { StatusBadge } from "@/components/ui/status-badge";
import type { Tone } from "@/components/ui/badge";
import type { EntryProofDto } from "@/lib/audit/proof/schema";

const TONE: Record<EntryProofDto["state"], Tone> = {
  proved: "allow",
  archived: "allow",
  waiting: "expiring",
  fault: "deny",
};

function words({ state, checkpoint, fault }: EntryProofDto): string {
  if (state === "proved" && checkpoint)
    return `in the checkpoint of ${checkpoint.size.toLocaleString("en-US")} entries, signed ${checkpoint.signedAt.slice(0, 19).replace("T", " ")} UTC`;
  if (state === "waiting") return fault ? `Nothing is signed just now: ${fault}` : "The next checkpoint covers it.";
  return fault ?? "It is not what was signed.";
}

/** Whether an entry is proved, checked just now, and its proof to keep. */
export function ProofState({ proof, downloadHref }: { proof: EntryProofDto; downloadHref: string }) {
  return (
    <section aria-label="Proof" className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <StatusBadge tone={TONE[proof.state]}>{proof.state}</StatusBadge>
      <p className="text-body text-ink-2 min-w-0 flex-1 basis-60">{words(proof)}</p>
      {proof.state === "proved" ? (
        <a href={downloadHref} download className={buttonClass({ size: "sm" })}>
          <Download aria-hidden />
          Entry with proof
        </a>
      ) : null}
    </section>
  );
}
