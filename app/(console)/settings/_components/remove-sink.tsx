"use client";

import { ConfirmAction } from "@/components/session/confirm-action";
import type { SinkDto } from "@/lib/audit/sinks/schema";
import { deleteSinkAction } from "../actions";
import { lagWords, letterWords } from "./sink-words";

/** Asks before a place gets nothing any more. */
export const RemoveSink = ({ sink, onClose }: { sink: SinkDto; onClose: () => void }) => (
  <ConfirmAction
    action={deleteSinkAction}
    input={{ sinkId: sink.id }}
    success="Nothing is shipped there any more"
    title={`Remove ${sink.name}?`}
    consequence={`It ${lagWords(sink)}, and gets nothing more. Its secret and ${letterWords(sink.deadLetters)} go with it; what it has stays there, and the log stays here.`}
    confirmLabel="Remove"
    onClose={onClose}
  />
);
