"use client";

import { useRouter } from "next/navigation";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { TrustedIssuerDto } from "@/lib/oauth/issuer-schema";
import { removeTrustedIssuerAction } from "../actions";
import { peopleWords } from "./issuer-words";

/** Asks before an identity provider is taken off the list, and says what that cuts off. */
export function RemoveIssuer({ issuer, onClose }: { issuer: TrustedIssuerDto; onClose: () => void }) {
  const router = useRouter();
  const { run, error } = useAction(removeTrustedIssuerAction, {
    success: "The provider is removed",
    toastErrors: false,
    onSuccess: () => router.refresh(),
  });
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={
        <>
          Remove <span className="mono wrap-anywhere">{issuer.issuer}</span>?
        </>
      }
      consequence={
        <>
          It speaks for {peopleWords(issuer.linkedPeople)}. From now on no agent gets access by its word. What it let in
          before lives out its time, which is one access token; end connected agents to stop it now. Signing in with
          accounts there goes on.
        </>
      }
      confirmLabel="Remove provider"
      onConfirm={async () => (await run({ issuer: issuer.issuer })).ok}
    >
      <ActionFailure error={error} forbidden="Only an owner may change whose word counts." />
    </ConfirmDialog>
  );
}
