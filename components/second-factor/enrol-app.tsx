"use client";

import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Field } from "@/components/ui/field";
import type { Action } from "@/lib/http/action-result";
import type { EnrolmentDto, GiveCodeInput } from "@/lib/second-factor/schema";
import { CodeInput } from "./code-input";
import { RecoveryCodes } from "./recovery-codes";

export type EnrolActions = {
  start: Action<void, EnrolmentDto>;
  confirm: Action<GiveCodeInput, { recoveryCodes: string[] }>;
};

/**
 * Sets up an authenticator app: its QR code, a code of it as proof, then the recovery codes. `onDone` when these were seen.
 */
export function EnrolApp({
  actions,
  startLabel,
  doneLabel,
  onDone,
}: {
  actions: EnrolActions;
  startLabel: string;
  doneLabel?: string;
  onDone: () => void;
}) {
  const [begun, setBegun] = useState<EnrolmentDto | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const start = useAction(actions.start, { toastErrors: false, onSuccess: setBegun });
  if (codes) return <RecoveryCodes codes={codes} doneLabel={doneLabel} onDone={onDone} />;
  if (begun)
    return (
      <Confirm
        begun={begun}
        action={actions.confirm}
        onOver={() => setBegun(null)}
        onEnrolled={({ recoveryCodes }) => setCodes(recoveryCodes)}
      />
    );
  return (
    <div className="flex flex-col items-start gap-4">
      <ActionFailure error={start.error} />
      <Button variant="primary" busy={start.pending} onClick={() => void start.run()}>
        {startLabel}
      </Button>
    </div>
  );
}

function Confirm({
  begun,
  action,
  onOver,
  onEnrolled,
}: {
  begun: EnrolmentDto;
  action: EnrolActions["confirm"];
  onOver: () => void;
  onEnrolled: (enrolled: { recoveryCodes: string[] }) => void;
}) {
  const [code, setCode] = useState("");
  const { run, pending, error, fieldErrors } = useAction(action, { toastErrors: false, onSuccess: onEnrolled });
  const over = error?.code === "link_expired";
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending && code.trim()) void run({ code });
      }}
    >
      <ActionFailure error={error} />
      <ol className="text-body text-ink-2 flex list-decimal flex-col gap-1 pl-5">
        <li>Open your authenticator app and add an account.</li>
        <li>Let it read this picture, or type the key into it.</li>
        <li>Type the six digits that it shows.</li>
      </ol>
      <div className="flex flex-wrap items-center gap-4">
        <svg
          role="img"
          aria-label="QR code for your authenticator app"
          viewBox={`0 0 ${begun.qr.size} ${begun.qr.size}`}
          shapeRendering="crispEdges"
          className="size-44 shrink-0 rounded-md"
        >
          {/* Dark on light in either theme: many readers know no other. */}
          <rect width={begun.qr.size} height={begun.qr.size} fill="#fff" />
          <path d={begun.qr.path} fill="#000" />
        </svg>
        <div className="flex min-w-0 flex-1 basis-40 flex-col items-start gap-2">
          <p className="text-body text-ink font-medium">Key</p>
          <code className="text-body text-ink font-mono wrap-anywhere">{begun.secret}</code>
          <span className="flex flex-wrap items-center gap-3">
            <CopyButton value={begun.secret.replaceAll(" ", "")} label="Copy key" />
            <a href={begun.uri} className="text-accent text-body inline-flex min-h-6 items-center hover:underline">
              Open an app here
            </a>
          </span>
        </div>
      </div>
      <Field label="Code" required error={fieldErrors.code}>
        <CodeInput inputMode="numeric" value={code} onChange={(event) => setCode(event.target.value)} autoFocus />
      </Field>
      <div className="flex flex-wrap justify-end gap-2">
        {over ? <Button onClick={onOver}>Start again</Button> : null}
        <Button
          type="submit"
          variant="primary"
          busy={pending}
          disabledReason={code.trim() ? null : "Type the code first"}
        >
          Confirm
        </Button>
      </div>
    </form>
  );
}
