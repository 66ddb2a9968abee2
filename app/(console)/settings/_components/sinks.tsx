"use client";

import { Send } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import type { SinkDto } from "@/lib/audit/sinks/schema";
import { SinkDialog } from "./sink-dialog";
import { SinkLine } from "./sink-line";

/** Where the audit log is shipped to, how far each has got, and for owners and admins the way to change it. */
export function Sinks({ sinks, mayWrite }: { sinks: readonly SinkDto[]; mayWrite: boolean }) {
  const [adding, setAdding] = useState(false);
  return (
    <Card
      title="Shipping the log"
      description="The audit log, to where your company keeps its logs: every entry or what you ask for, at least once, in order."
      flush
      actions={
        mayWrite ? (
          <Button size="sm" onClick={() => setAdding(true)}>
            Add a place
          </Button>
        ) : undefined
      }
    >
      {sinks.length === 0 ? (
        <EmptyState
          icon={<Send />}
          title="The log stays here alone"
          description="Ship it to Grafana Loki, an OpenTelemetry collector, Splunk, a syslog server, an S3 bucket or a webhook, and it can be searched beside your other logs."
        />
      ) : (
        <ul aria-label="Shipping the log" className="divide-hairline divide-y">
          {sinks.map((sink) => (
            <SinkLine key={sink.id} sink={sink} mayWrite={mayWrite} />
          ))}
        </ul>
      )}
      {adding ? <SinkDialog sink={null} onClose={() => setAdding(false)} /> : null}
    </Card>
  );
}
