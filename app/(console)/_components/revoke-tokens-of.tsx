"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { countedFirst } from "@/lib/counted";
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

/** Minted tokens, and what was connected by OAuth, as the beginning of a sentence. */
function whatEnds(liveTokens: number, liveConnections: number): string {
  const parts = [
    liveTokens > 0 || liveConnections === 0 ? countedFirst(liveTokens, "live token") : null,
    liveConnections > 0 ? countedFirst(liveConnections, "OAuth connection") : null,
  ].filter((part) => part !== null);
  const verb = parts.length === 1 && liveTokens + liveConnections === 1 ? "is" : "are";
  return `${parts.join(" and ")} ${verb}`;
}

/** Revokes every token of a person or an agent, for a server, or under a role, for good: the name is typed, and the password asked for. */
export function RevokeTokensOf({
  by,
  subject,
  onClose,
}: {
  by: By;
  subject: { id: string; name: string; liveTokens: number; liveConnections?: number };
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
  const { liveTokens, liveConnections = 0 } = subject;
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Revoke every token ${PREPOSITION[by]} ${subject.name}?`}
      consequence={`${whatEnds(liveTokens, liveConnections)} refused from now on, for good. ${ALSO[by]}`}
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
