"use client";

import { useId, type ComponentProps, type ReactNode } from "react";
import { Button } from "./button";
import { Dialog } from "./dialog";

/**
 * A dialog that is one form, with Cancel and one button that sends it. Enter sends it as well, and neither does while it is on
 * its way (`busy`) or something is missing, which the button then says.
 */
export function FormDialog({
  submitLabel,
  busy,
  missing = null,
  noValidate,
  onSubmit,
  onClose,
  children,
  ...panel
}: Pick<ComponentProps<typeof Dialog>, "title" | "description" | "width"> & {
  submitLabel: ReactNode;
  busy: boolean;
  /** What is to be done before it can be sent; null where nothing is. */
  missing?: string | null;
  /** True where the server judges the fields, not the browser. */
  noValidate?: boolean;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      {...panel}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={id} variant="primary" busy={busy} disabledReason={missing}>
            {submitLabel}
          </Button>
        </>
      }
    >
      <form
        id={id}
        noValidate={noValidate}
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && missing === null) onSubmit();
        }}
      >
        {children}
      </form>
    </Dialog>
  );
}
