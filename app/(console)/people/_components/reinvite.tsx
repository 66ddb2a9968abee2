"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { useCopiedGuard } from "@/components/ui/use-copied-guard";
import type { PersonDto } from "@/lib/person/schema";
import { reinvitePersonAction } from "../actions";
import { InvitationLink } from "./invitation-link";

/** Makes a new invitation link in place of the open one. */
export function Reinvite({ person, onClose }: { person: PersonDto; onClose: () => void }) {
  const router = useRouter();
  const [inviteUrl, setInviteUrl] = useState<string | null>(null);
  const { onCopied, guard } = useCopiedGuard("link", inviteUrl !== null);
  const { run, pending, error } = useAction(reinvitePersonAction, {
    toastErrors: false,
    onSuccess: (made) => {
      setInviteUrl(made.inviteUrl);
      router.refresh();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      guard={guard}
      title={`A new invitation for ${person.name}`}
      {...(inviteUrl ? {} : { description: "The link they have, if any, stops working." })}
      footer={
        inviteUrl ? (
          <Button variant="primary" onClick={() => (guard() ? undefined : onClose())}>
            Done
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button variant="primary" busy={pending} onClick={() => void run({ personId: person.id })}>
              Make a new link
            </Button>
          </>
        )
      }
    >
      <ActionFailure error={error} forbidden="Only an owner invites owners and admins." />
      {inviteUrl ? <InvitationLink name={person.name} inviteUrl={inviteUrl} onCopied={onCopied} /> : null}
    </Dialog>
  );
}
