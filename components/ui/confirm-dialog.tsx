"use client";

import { AlertDialog as Radix } from "radix-ui";
import { useState, type ReactNode } from "react";
import { Button } from "./button";
import { Field } from "./field";
import { Input } from "./input";
import { useReturnFocus } from "./use-return-focus";

/**
 * One question before an act that breaks callers or cannot be undone. `consequence` says what happens, with counts and
 * last use. With `typeToConfirm` the name must be typed; with `askReason` a reason is handed to `onConfirm`. Closes when
 * `onConfirm` resolves to anything but false; stays open while it runs.
 */
export function ConfirmDialog({
  open,
  onOpenChange,
  trigger,
  title,
  consequence,
  confirmLabel,
  tone = "danger",
  typeToConfirm,
  askReason = false,
  reasonRequired = false,
  onConfirm,
  children,
}: {
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  trigger?: ReactNode;
  title: ReactNode;
  consequence: ReactNode;
  confirmLabel: string;
  tone?: "danger" | "primary";
  typeToConfirm?: string;
  askReason?: boolean;
  reasonRequired?: boolean;
  onConfirm: (answer: { reason: string | undefined }) => void | boolean | Promise<void | boolean>;
  children?: ReactNode;
}) {
  const [own, setOwn] = useState(false);
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const returnFocus = useReturnFocus();

  const change = (next: boolean) => {
    if (busy) return;
    if (next) {
      setTyped("");
      setReason("");
    }
    setOwn(next);
    onOpenChange?.(next);
  };
  const missing =
    typeToConfirm && typed.trim() !== typeToConfirm
      ? `Type ${typeToConfirm} first`
      : reasonRequired && !reason.trim()
        ? "Give a reason first"
        : null;
  const confirm = async () => {
    setBusy(true);
    try {
      const done = await onConfirm({ reason: reason.trim() || undefined });
      if (done !== false) {
        setOwn(false);
        onOpenChange?.(false);
      }
    } finally {
      setBusy(false);
    }
  };

  return (
    <Radix.Root open={open ?? own} onOpenChange={change}>
      {trigger ? <Radix.Trigger asChild>{trigger}</Radix.Trigger> : null}
      <Radix.Portal>
        <Radix.Overlay className="bg-scrim animate-fade-in fixed inset-0 z-40" />
        <Radix.Content
          {...returnFocus}
          className="bg-overlay shadow-overlay animate-pop-in fixed inset-x-0 bottom-0 z-50 flex max-h-[92dvh] flex-col overflow-y-auto rounded-t-lg outline-none sm:inset-0 sm:m-auto sm:h-fit sm:w-[calc(100%-2rem)] sm:max-w-[440px] sm:rounded-lg"
        >
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (!missing && !busy) void confirm();
            }}
          >
            <div className="flex flex-col gap-4 p-5">
              <div>
                <Radix.Title className="text-section text-ink font-semibold wrap-anywhere">{title}</Radix.Title>
                <Radix.Description asChild>
                  <div className="text-body text-ink-2 mt-1 text-pretty">{consequence}</div>
                </Radix.Description>
              </div>
              {children}
              {askReason ? (
                <Field label="Reason" optional={!reasonRequired} hint="Stands in the audit log.">
                  <Input value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
                </Field>
              ) : null}
              {typeToConfirm ? (
                <Field
                  label={
                    <>
                      Type <span className="mono bg-raised rounded-sm px-1 py-0.5">{typeToConfirm}</span> to confirm
                    </>
                  }
                >
                  <Input
                    value={typed}
                    autoComplete="off"
                    spellCheck={false}
                    onChange={(event) => setTyped(event.target.value)}
                  />
                </Field>
              ) : null}
            </div>
            <footer className="border-hairline bg-page flex flex-wrap justify-end gap-2 border-t px-5 py-3">
              <Radix.Cancel asChild>
                <Button disabled={busy}>Cancel</Button>
              </Radix.Cancel>
              <Button type="submit" variant={tone} busy={busy} disabledReason={busy ? null : missing}>
                {confirmLabel}
              </Button>
            </footer>
          </form>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
