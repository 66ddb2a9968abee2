"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { StatusBadge } from "@/components/ui/status-badge";
import { Time } from "@/components/ui/time";
import type { DeadLetterDto, SinkDto } from "@/lib/audit/sinks/schema";
import { discardDeadLettersAction, listDeadLettersAction, retryDeadLettersAction } from "../actions";
import { letterWords } from "./sink-words";

const SHOWN = 100;

/** What a receiver refused for good, and what to do about it. */
export function DeadLetters({ sink, mayWrite, onClose }: { sink: SinkDto; mayWrite: boolean; onClose: () => void }) {
  const router = useRouter();
  const [letters, setLetters] = useState<readonly DeadLetterDto[] | null>(null);
  const { run: list } = useAction(listDeadLettersAction, { onSuccess: (page) => setLetters(page.items) });
  const sinkId = sink.id;
  useEffect(() => void list({ sinkId, limit: SHOWN }), [list, sinkId]);
  const onSuccess = () => {
    router.refresh();
    onClose();
  };
  const retry = useAction(retryDeadLettersAction, { success: "They are sent again", onSuccess });
  const discard = useAction(discardDeadLettersAction, { success: "They are given up", onSuccess });
  const none = letters?.length === 0 ? "There are none" : null;
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Dead letters of ${sink.name}`}
      description="Entries that its receiver refused for good. They stand in the log as ever; it alone lacks them."
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          {mayWrite ? (
            <>
              <Button busy={discard.pending} disabledReason={none} onClick={() => void discard.run({ sinkId })}>
                Give all up
              </Button>
              <Button
                variant="primary"
                busy={retry.pending}
                disabledReason={none}
                onClick={() => void retry.run({ sinkId })}
              >
                Send all again
              </Button>
            </>
          ) : null}
        </>
      }
    >
      {letters === null ? <p className="text-body text-ink-2">Reading…</p> : null}
      {none ? <p className="text-body text-ink-2">Its receiver has refused nothing.</p> : null}
      <ul aria-label={letterWords(sink.deadLetters)} className="divide-hairline divide-y">
        {(letters ?? []).map(({ index, error, refusedAt, retrying }) => (
          <li key={index} className="py-2">
            <span className="flex flex-wrap items-center gap-2">
              <span className="text-ink font-medium">Entry {index}</span>
              {retrying ? <StatusBadge tone="rotating">sent again</StatusBadge> : null}
              <span className="text-meta text-ink-2">
                <Time at={refusedAt} />
              </span>
            </span>
            <span className="text-meta text-ink-2 block wrap-anywhere">{error}</span>
          </li>
        ))}
      </ul>
      {sink.deadLetters > SHOWN ? <p className="text-meta text-ink-2">The first {SHOWN} are shown.</p> : null}
    </Dialog>
  );
}
