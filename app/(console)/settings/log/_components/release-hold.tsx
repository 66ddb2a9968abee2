"use client";

import { useRouter } from "next/navigation";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { HoldDto } from "@/lib/audit/retention/schema";
import { releaseHoldAction } from "../actions";
import { spanWords } from "./words";

/** Asks before a time of the log may be dropped again. */
export function ReleaseHold({ hold, onClose }: { hold: HoldDto; onClose: () => void }) {
  const router = useRouter();
  const { run, error } = useAction(releaseHoldAction, {
    success: "The hold is released",
    toastErrors: false,
    onSuccess: () => router.refresh(),
  });
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title="Release this hold?"
      consequence={`It keeps ${spanWords(hold.from, hold.to)}: ${hold.reason}. What the policy no longer keeps of that is archived and dropped within minutes.`}
      confirmLabel="Release"
      askReason
      reasonRequired
      onConfirm={async ({ reason }) => (await run({ holdId: hold.id, reason: reason ?? "" })).ok}
    >
      <ActionFailure error={error} />
    </ConfirmDialog>
  );
}
