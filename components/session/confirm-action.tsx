"use client";

import { useRouter } from "next/navigation";
import type { ComponentProps } from "react";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { Action } from "@/lib/http/action-result";
import { ActionFailure } from "./action-failure";
import { useAction } from "./use-action";

/** One question before an action that takes something away; the page is read anew when it is done. A refusal stands in the dialog. */
export function ConfirmAction<I>({
  action,
  input,
  success,
  forbidden,
  onClose,
  ...question
}: Pick<ComponentProps<typeof ConfirmDialog>, "title" | "consequence" | "confirmLabel"> & {
  action: Action<I, unknown>;
  input: I;
  /** Said when it is done. */
  success: string;
  /** What is said to who may not. */
  forbidden?: string;
  onClose: () => void;
}) {
  const router = useRouter();
  const { run, error } = useAction(action, { success, toastErrors: false, onSuccess: () => router.refresh() });
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      onConfirm={async () => (await run(input)).ok}
      {...question}
    >
      <ActionFailure error={error} {...(forbidden ? { forbidden } : {})} />
    </ConfirmDialog>
  );
}
