"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { revocationWords } from "@/lib/token/revocation-words";
import { UrgentField } from "@/components/token/urgent-field";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { RevokeBy } from "@/lib/token/schema";
import { revokeTokenAction } from "../tokens/actions";

type By = Exclude<RevokeBy, "tokens">;

const PREPOSITION: Record<By, string> = { people: "of", agents: "of", servers: "for", roles: "under" };

/** What goes besides, or why so much goes. */
const ALSO: Record<By, string> = {
  people: "Those through an agent go too.",
  agents: "Those of people through it go too.",
  servers: "A token for several servers goes whole.",
  roles: "Whoever holds the role can be minted new ones.",
};

/** Revokes every token of a person or an agent, for a server, or under a role, for good: the name is typed, and the password asked for. */
export function RevokeTokensOf({
  by,
  subject,
  onClose,
}: {
  by: By;
  subject: { id: string; name: string; liveTokens: number };
  onClose: () => void;
}) {
  const router = useRouter();
  const [urgent, setUrgent] = useState(false);
  const { run, error } = useAction(revokeTokenAction, {
    success: (revocation) => revocationWords(revocation, { many: true }),
    unfinished: ({ complete }) => !complete,
    toastErrors: false,
    onSuccess: () => router.refresh(),
  });
  const { liveTokens } = subject;
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Revoke every token ${PREPOSITION[by]} ${subject.name}?`}
      consequence={`${liveTokens === 1 ? "One live token is" : `${liveTokens.toLocaleString("en-US")} live tokens are`} refused from now on, for good. ${ALSO[by]}`}
      confirmLabel="Revoke them all"
      typeToConfirm={subject.name}
      askReason
      onConfirm={async ({ reason }) => (await run({ by, id: subject.id, reason, urgent })).ok}
    >
      <ActionFailure error={error} />
      <UrgentField checked={urgent} onChange={setUrgent} />
    </ConfirmDialog>
  );
}
