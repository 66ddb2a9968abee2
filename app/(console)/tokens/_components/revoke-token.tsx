"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/session/use-action";
import { revocationWords } from "@/lib/token/revocation-words";
import { UrgentField } from "@/components/token/urgent-field";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Time } from "@/components/ui/time";
import type { TokenDetailDto } from "@/lib/token/schema";
import { revokeTokenAction } from "../actions";

/** Revokes one token, with one question that names its last use. It cannot be undone. */
export function RevokeToken({ token, label = "Revoke", size }: { token: TokenDetailDto; label?: string; size?: "sm" }) {
  const router = useRouter();
  const [urgent, setUrgent] = useState(false);
  const { run } = useAction(revokeTokenAction, {
    success: (revocation) => revocationWords(revocation),
    unfinished: ({ complete }) => !complete,
    onSuccess: () => router.refresh(),
  });
  return (
    <ConfirmDialog
      onOpenChange={() => setUrgent(false)}
      trigger={
        <Button variant="danger-quiet" size={size}>
          {label}
        </Button>
      }
      title={`Revoke ${token.name}?`}
      consequence={
        <>
          Its calls are refused from now on, for good. <LastUse activity={token.activity} />
        </>
      }
      confirmLabel="Revoke token"
      askReason
      onConfirm={async ({ reason }) => (await run({ by: "tokens", id: token.id, reason, urgent })).ok}
    >
      <UrgentField checked={urgent} onChange={setUrgent} />
    </ConfirmDialog>
  );
}

/** Uses are noted every few seconds: that it was never used cannot be known. */
function LastUse({ activity: { lastUsedAt, lastTool } }: Pick<TokenDetailDto, "activity">) {
  if (!lastUsedAt) return "No use of it has been noted.";
  return (
    <>
      Last used <Time at={lastUsedAt} />
      {lastTool ? (
        <>
          {" "}
          for <code className="mono">{lastTool}</code>
        </>
      ) : null}
      .
    </>
  );
}
