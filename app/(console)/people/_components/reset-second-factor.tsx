"use client";

import { useRouter } from "next/navigation";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { resetSecondFactorAction } from "../actions";

/** Asks before the second factor of somebody who has lost it is taken off. */
export function ResetSecondFactor({ person, onClose }: { person: { id: string; name: string }; onClose: () => void }) {
  const router = useRouter();
  const { run, error } = useAction(resetSecondFactorAction, {
    success: "Second factor taken off",
    toastErrors: false,
    onSuccess: () => router.refresh(),
  });
  return (
    <ConfirmDialog
      open
      onOpenChange={(next) => (next ? undefined : onClose())}
      title={`Reset the second factor of ${person.name}?`}
      consequence="Make sure by another way that it is they who ask. Their sessions end, and their password alone signs them in until they set up another. They are told."
      confirmLabel="Reset"
      onConfirm={async () => (await run({ personId: person.id })).ok}
    >
      <ActionFailure error={error} forbidden="Only an owner does this for owners and admins." />
    </ConfirmDialog>
  );
}
