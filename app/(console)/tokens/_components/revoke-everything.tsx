"use client";

import { Ellipsis, Siren } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { revocationWords } from "@/lib/token/revocation-words";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Menu } from "@/components/ui/menu";
import { revokeAllTokensAction } from "../actions";

/** The emergency stop, out of the way in a menu: every live token goes, for good. */
export function RevokeEverything({ liveTokens }: { liveTokens: number }) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const { run, error } = useAction(revokeAllTokensAction, {
    success: (revocation) => revocationWords(revocation, { many: true }),
    unfinished: ({ complete }) => !complete,
    toastErrors: false,
    onSuccess: () => router.refresh(),
  });
  return (
    <>
      <Menu
        trigger={
          <Button size="icon" aria-label="More">
            <Ellipsis aria-hidden />
          </Button>
        }
        items={[
          {
            label: "Emergency: revoke everything",
            icon: <Siren aria-hidden />,
            tone: "danger",
            onSelect: () => setOpen(true),
          },
        ]}
      />
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title="Revoke every token?"
        consequence={
          <>
            {liveTokens === 1 ? "One live token is" : `${liveTokens.toLocaleString("en-US")} live tokens are`} refused
            from now on, for good: every person, every agent, and the admin API. Each must be minted anew.
          </>
        }
        confirmLabel="Revoke everything"
        typeToConfirm="revoke-all"
        askReason
        reasonRequired
        onConfirm={async ({ reason }) => (await run({ reason: reason ?? "", confirm: "revoke-all" })).ok}
      >
        <ActionFailure error={error} />
      </ConfirmDialog>
    </>
  );
}
