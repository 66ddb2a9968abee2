"use client";

import { useRouter } from "next/navigation";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { SinkDto } from "@/lib/audit/sinks/schema";
import { deleteSinkAction } from "../actions";
import { lagWords, letterWords } from "./sink-words";

/** Asks before a place gets nothing any more. */
export function RemoveSink({ sink, onClose }: { sink: SinkDto; onClose: () => void }) {
  const router = useRouter();
  const { run, error } = useAction(deleteSinkAction, {
    success: "Nothing is shipped there any more",
    toastErrors: false,
    onSuccess: () => router.refresh(),
  });
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Remove ${sink.name}?`}
      consequence={`It ${lagWords(sink)}, and gets nothing more. Its secret and ${letterWords(sink.deadLetters)} go with it; what it has stays there, and the log stays here.`}
      confirmLabel="Remove"
      onConfirm={async () => (await run({ sinkId: sink.id })).ok}
    >
      <ActionFailure error={error} />
    </ConfirmDialog>
  );
}
