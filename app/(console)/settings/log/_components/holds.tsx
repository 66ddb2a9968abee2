"use client";

import { Scale } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Time } from "@/components/ui/time";
import type { HoldDto } from "@/lib/audit/retention/schema";
import { PlaceHold } from "./place-hold";
import { ReleaseHold } from "./release-hold";
import { spanWords } from "./words";

/** The legal holds that are in force. */
export function Holds({ holds, mayWrite }: { holds: readonly HoldDto[]; mayWrite: boolean }) {
  const [placing, setPlacing] = useState(false);
  return (
    <Card
      title="Legal holds"
      description="What is held stays here, however long the log is kept. Holding and releasing stand in the log, with their reasons."
      flush
      actions={
        mayWrite ? (
          <Button size="sm" onClick={() => setPlacing(true)}>
            Place a hold
          </Button>
        ) : undefined
      }
    >
      {holds.length === 0 ? (
        <EmptyState
          icon={<Scale />}
          title="Nothing is held"
          description="Place a hold when a dispute or an inquiry needs a time of the log to stay."
        />
      ) : (
        <ul aria-label="Legal holds" className="divide-hairline divide-y">
          {holds.map((hold) => (
            <HoldLine key={hold.id} hold={hold} mayWrite={mayWrite} />
          ))}
        </ul>
      )}
      {placing ? <PlaceHold partition={null} onClose={() => setPlacing(false)} /> : null}
    </Card>
  );
}

function HoldLine({ hold, mayWrite }: { hold: HoldDto; mayWrite: boolean }) {
  const [releasing, setReleasing] = useState(false);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-64">
        <span className="text-ink block font-medium wrap-anywhere">{hold.reason}</span>
        <span className="text-meta text-ink-2 block">
          {spanWords(hold.from, hold.to)} (UTC), held <Time at={hold.heldAt} />
        </span>
      </div>
      {mayWrite ? (
        <Button size="sm" onClick={() => setReleasing(true)} aria-label={`Release ${hold.reason}`}>
          Release
        </Button>
      ) : null}
      {releasing ? <ReleaseHold hold={hold} onClose={() => setReleasing(false)} /> : null}
    </li>
  );
}
