"use client";

import { useRouter } from "next/navigation";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { unlinkIdentitiesAction } from "../people/actions";

/** Asks before a person's account at the single sign-on provider is forgotten: somebody else's, or one's own. */
export function UnlinkSso({
  person,
  self = false,
  onClose,
}: {
  person: { id: string; name: string };
  self?: boolean;
  onClose: () => void;
}) {
  const router = useRouter();
  const { run, error } = useAction(unlinkIdentitiesAction, {
    success: "Unlinked from single sign-on",
    toastErrors: false,
    onSuccess: () => router.refresh(),
  });
  const sessions = self ? "Your other sessions that began there" : "Their sessions that began there";
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={self ? "Unlink your account from single sign-on?" : `Unlink ${person.name} from single sign-on?`}
      consequence={`${sessions} end at once. The next sign-in there links again, by the verified e-mail address.`}
      confirmLabel="Unlink"
      onConfirm={async () => (await run({ personId: person.id })).ok}
    >
      <ActionFailure error={error} forbidden="Only an owner does this for owners and admins." />
    </ConfirmDialog>
  );
}
