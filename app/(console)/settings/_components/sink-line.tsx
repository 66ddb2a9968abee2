"use client";

import { Ellipsis } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";
import { StatusBadge } from "@/components/ui/status-badge";
import { Time } from "@/components/ui/time";
import type { SinkDto } from "@/lib/audit/sinks/schema";
import { pauseSinkAction, resumeSinkAction, testSinkAction } from "../actions";
import { DeadLetters } from "./dead-letters";
import { RemoveSink } from "./remove-sink";
import { ReplaySink } from "./replay-sink";
import { SinkDialog } from "./sink-dialog";
import { FORMAT_LABELS, KIND_LABELS, lagWords, letterWords } from "./sink-words";

type Opened = "edit" | "replay" | "letters" | "remove" | null;

/** One place that the log is shipped to: its state, its lag, and what can be done about it. */
export function SinkLine({ sink, mayWrite }: { sink: SinkDto; mayWrite: boolean }) {
  const [opened, setOpened] = useState<Opened>(null);
  const close = () => setOpened(null);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-64">
        <span className="flex flex-wrap items-center gap-2">
          <span className="text-ink font-medium wrap-anywhere">{sink.name}</span>
          <State sink={sink} />
        </span>
        <span className="text-meta text-ink-2 block">
          {KIND_LABELS[sink.kind]}, {FORMAT_LABELS[sink.format]}. It {lagWords(sink)}
          {sink.shippedAt ? (
            <>
              , last shipped <Time at={sink.shippedAt} />
            </>
          ) : null}
        </span>
        {sink.query === null ? null : (
          <span className="text-meta text-ink-2 block">
            Only <span className="mono wrap-anywhere">{sink.query}</span>
          </span>
        )}
        {sink.failures > 0 && sink.lastError ? (
          <span className="text-meta text-deny block wrap-anywhere">{sink.lastError}</span>
        ) : null}
        {sink.deadLetters > 0 || sink.missed > 0 ? (
          <span className="text-meta text-expiring block">
            {[
              sink.deadLetters > 0 ? letterWords(sink.deadLetters) : "",
              sink.missed > 0 ? `${sink.missed} archived before they were shipped` : "",
            ]
              .filter(Boolean)
              .join(", ")}
          </span>
        ) : null}
      </div>
      <Actions sink={sink} mayWrite={mayWrite} open={setOpened} />
      {opened === "edit" ? <SinkDialog sink={sink} onClose={close} /> : null}
      {opened === "replay" ? <ReplaySink sink={sink} onClose={close} /> : null}
      {opened === "letters" ? <DeadLetters sink={sink} mayWrite={mayWrite} onClose={close} /> : null}
      {opened === "remove" ? <RemoveSink sink={sink} onClose={close} /> : null}
    </li>
  );
}

function State({ sink: { status, failures } }: { sink: SinkDto }) {
  if (status === "paused") return <StatusBadge tone="revoked">paused</StatusBadge>;
  return failures > 0 ? (
    <StatusBadge tone="deny">failing</StatusBadge>
  ) : (
    <StatusBadge tone="allow">shipping</StatusBadge>
  );
}

function Actions({ sink, mayWrite, open }: { sink: SinkDto; mayWrite: boolean; open: (what: Opened) => void }) {
  const router = useRouter();
  const input = { sinkId: sink.id };
  const onSuccess = () => router.refresh();
  const test = useAction(testSinkAction, {
    success: ({ ok, error, milliseconds }) => (ok ? `The test event was taken, in ${milliseconds} ms` : `The test event was not taken. ${error ?? ""}`), // prettier-ignore
    unfinished: ({ ok }) => !ok,
  });
  const pause = useAction(pauseSinkAction, { success: "Shipping is paused", onSuccess });
  const resume = useAction(resumeSinkAction, { success: "Shipping goes on", onSuccess });
  if (!mayWrite)
    return sink.deadLetters > 0 ? (
      <Button size="sm" onClick={() => open("letters")}>
        Dead letters
      </Button>
    ) : null;
  return (
    <div className="flex gap-2">
      <Button size="sm" busy={test.pending} aria-label={`Test ${sink.name}`} onClick={() => void test.run(input)}>
        Test
      </Button>
      <Menu
        trigger={
          <Button size="sm" aria-label={`More about ${sink.name}`}>
            <Ellipsis aria-hidden />
          </Button>
        }
        items={[
          { label: "Change", onSelect: () => open("edit") },
          sink.status === "paused"
            ? { label: "Resume", onSelect: () => void resume.run(input) }
            : { label: "Pause", onSelect: () => void pause.run(input) },
          { label: "Ship again…", onSelect: () => open("replay") },
          { label: "Dead letters", hint: sink.deadLetters || undefined, onSelect: () => open("letters") },
          { separator: true },
          { label: "Remove", tone: "danger", onSelect: () => open("remove") },
        ]}
      />
    </div>
  );
}
