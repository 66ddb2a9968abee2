"use client";

import { useRouter } from "next/navigation";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { RevocationDto } from "@/lib/token/schema";
import { revokeTokenAction } from "../tokens/actions";

function outcome({ revoked, complete }: RevocationDto): string {
  const tokens = revoked === 1 ? "1 token" : `${revoked.toLocaleString("en-US")} tokens`;
  return complete ? `Revoked ${tokens}` : `Revoked ${tokens}: not every process has confirmed yet`;
}

/** Revokes every token of a person or an agent for good: the name is typed, and the password asked for. */
export function RevokeTokensOf({
  by,
  subject,
  onClose,
}: {
  by: "people" | "agents";
  subject: { id: string; name: string; liveTokens: number };
  onClose: () => void;
}) {
  const router = useRouter();
  const { run, error } = useAction(revokeTokenAction, {
    success: outcome,
    toastErrors: false,
    onSuccess: () => router.refresh(),
  });
  const { liveTokens } = subject;
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Revoke every token of ${subject.name}?`}
      consequence={`${liveTokens === 1 ? "One live token is" : `${liveTokens.toLocaleString("en-US")} live tokens are`} refused from now on, for good. ${by === "people" ? "Those through an agent go too." : "Those of people through it go too."}`}
      confirmLabel="Revoke them all"
      typeToConfirm={subject.name}
      askReason
      onConfirm={async ({ reason }) => (await run({ by, id: subject.id, reason })).ok}
    >
      <ActionFailure error={error} />
    </ConfirmDialog>
  );
}
