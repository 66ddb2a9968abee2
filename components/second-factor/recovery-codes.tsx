"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { CopyButton } from "@/components/ui/copy-button";
import { useCopiedGuard } from "@/components/ui/use-copied-guard";

/** Recovery codes that were just made, shown this once; `onDone` only once they were copied, kept as a file, or let go. */
export function RecoveryCodes({
  codes,
  doneLabel = "Done",
  onDone,
}: {
  codes: readonly string[];
  doneLabel?: string;
  onDone: () => void;
}) {
  const [kept, setKept] = useState(false);
  const { onCopied, guard } = useCopiedGuard("list of recovery codes", true);
  const keep = () => {
    setKept(true);
    onCopied();
  };
  const text = `${codes.join("\n")}\n`;
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`Gatehouse recovery codes, ${location.host}\n\n${text}`]));
    link.download = "gatehouse-recovery-codes.txt";
    link.click();
    URL.revokeObjectURL(link.href);
    keep();
  };
  return (
    <div className="flex flex-col gap-4">
      <Callout tone="expiring" title="Keep these recovery codes: they are shown this once">
        Without your app, each of them signs you in one time.
      </Callout>
      <ul
        aria-label="Recovery codes"
        className="border-control bg-page text-body text-ink grid grid-cols-2 gap-x-4 gap-y-1.5 rounded-md border p-3 font-mono"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="flex flex-wrap justify-between gap-2">
        <span className="flex flex-wrap gap-2">
          <CopyButton value={text} size="md" label="Copy all" onCopied={keep} />
          <Button onClick={save}>Save as a file</Button>
        </span>
        <Button
          variant={kept ? "primary" : "secondary"}
          onClick={() => {
            if (!guard()) onDone();
          }}
        >
          {doneLabel}
        </Button>
      </div>
    </div>
  );
}
