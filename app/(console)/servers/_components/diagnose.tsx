"use client";

import { CircleAlert, CircleCheck, CircleX } from "lucide-react";
import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { Diagnosis, Finding } from "@/lib/oauth/diagnose-schema";
import { diagnoseAction } from "../actions";

const LOOK: Record<Finding["outcome"], { icon: typeof CircleCheck; tone: string; word: string }> = {
  ok: { icon: CircleCheck, tone: "text-allow", word: "As it should be" },
  warning: { icon: CircleAlert, tone: "text-expiring", word: "Not for every client" },
  fault: { icon: CircleX, tone: "text-deny", word: "A client ends here" },
};

/** The address, and the walk step by step. */
export function Diagnose({ initialUrl }: { initialUrl: string }) {
  const [url, setUrl] = useState(initialUrl);
  const [diagnosis, setDiagnosis] = useState<Diagnosis | null>(null);
  const { run, pending, error, fieldErrors } = useAction(diagnoseAction, {
    toastErrors: false,
    onSuccess: setDiagnosis,
  });
  const missing = url.trim() ? null : "Give the server's address first";
  return (
    <div className="flex max-w-3xl flex-col gap-6">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!missing && !pending) void run({ url: url.trim() });
        }}
      >
        <ActionFailure error={error} />
        <Field label="Address of the MCP endpoint" error={fieldErrors.url}>
          <Input
            type="url"
            inputMode="url"
            value={url}
            placeholder="https://tickets.example.com/mcp"
            onChange={(event) => setUrl(event.target.value)}
          />
        </Field>
        <div>
          <Button type="submit" variant="primary" busy={pending} disabledReason={missing}>
            Check
          </Button>
        </div>
      </form>
      {diagnosis ? (
        <Card title={summary(diagnosis.findings)} description={diagnosis.url} flush>
          <ol className="divide-hairline divide-y" aria-live="polite">
            {diagnosis.findings.map((finding, nth) => (
              <Step key={nth} finding={finding} />
            ))}
          </ol>
        </Card>
      ) : null}
    </div>
  );
}

function summary(findings: readonly Finding[]): string {
  if (findings.some(({ outcome }) => outcome === "fault")) return "No client gets in by itself";
  return findings.some(({ outcome }) => outcome === "warning")
    ? "Some clients may not get in"
    : "Every client finds its way";
}

function Step({ finding: { outcome, title, detail } }: { finding: Finding }) {
  const { icon: Icon, tone, word } = LOOK[outcome];
  return (
    <li className="flex items-start gap-3 px-4 py-3">
      <Icon aria-label={word} className={`mt-0.5 size-4 shrink-0 ${tone}`} />
      <div className="min-w-0">
        <p className="text-body text-ink font-medium wrap-anywhere">{title}</p>
        <p className="text-meta text-ink-2 wrap-anywhere">{detail}</p>
      </div>
    </li>
  );
}
