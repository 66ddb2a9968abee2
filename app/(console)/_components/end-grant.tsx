"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { revocationWords } from "@/lib/token/revocation-words";
import { revokeGrantAction } from "../agents/actions";

/** Ends what a person let an agent do, after one question. */
export function EndGrant({ grant }: { grant: { id: string; agent: string; person: string; server: string } }) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const { run, error } = useAction(revokeGrantAction, {
    success: (revocation) => revocationWords(revocation),
    unfinished: ({ complete }) => !complete,
    toastErrors: false,
    onSuccess: () => router.refresh(),
  });
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)} aria-label={`End ${grant.agent}'s access to ${grant.server}`}>
        End
      </Button>
      {open ? (
        <ConfirmDialog
          open
          onOpenChange={setOpen}
          title={`End ${grant.agent}'s access to ${grant.server}?`}
          consequence={`It is refused from now on, wherever it acts for ${grant.person} by this sign-in. It may ask again.`}
          confirmLabel="End access"
          askReason
          onConfirm={async ({ reason }) => (await run({ id: grant.id, reason })).ok}
        >
          <ActionFailure error={error} />
        </ConfirmDialog>
      ) : null}
    </>
  );
}
