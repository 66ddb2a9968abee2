"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { endApprovalAction } from "../actions";

/** Takes back what was agreed to, after one question. */
export function EndApproval({ approval }: { approval: { id: string; agent: string } }) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const { run, error } = useAction(endApprovalAction, {
    success: "Taken back, everywhere",
    toastErrors: false,
    onSuccess: () => router.refresh(),
  });
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        Take back
      </Button>
      {open ? (
        <ConfirmDialog
          open
          onOpenChange={setOpen}
          title={`Take back what was agreed to for ${approval.agent}?`}
          consequence="What rests on it is refused from now on, also where it was given already."
          confirmLabel="Take back"
          onConfirm={async () => (await run({ approvalId: approval.id })).ok}
        >
          <ActionFailure error={error} />
        </ConfirmDialog>
      ) : null}
    </>
  );
}
