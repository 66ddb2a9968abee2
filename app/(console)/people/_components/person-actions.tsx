"use client";

import { Ellipsis, KeyRound, LogOut, MailPlus, ShieldOff, Unlink } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Menu, type MenuItem } from "@/components/ui/menu";
import { counted } from "@/lib/counted";
import type { PersonDto } from "@/lib/person/schema";
import { RevokeTokensOf } from "../../_components/revoke-tokens-of";
import { UnlinkSso } from "../../_components/unlink-sso";
import { endSessionsAction, updatePersonAction } from "../actions";
import { EditPerson } from "./edit-person";
import { Reinvite } from "./reinvite";
import { ResetSecondFactor } from "./reset-second-factor";

const OWNERS_ALONE = "Only an owner changes or suspends owners and admins.";

type Open = "edit" | "suspend" | "revoke" | "sessions" | "invite" | "unlink" | "factor" | null;

/** What may be done with a person; the page hands over what the reader may, and the verbs decide. */
export function PersonActions({
  person,
  self,
  mayElevate,
  mayRevoke,
  mayEndSessions,
  mayUnlink,
  mayResetFactor,
}: {
  person: PersonDto;
  self: boolean;
  mayElevate: boolean;
  mayRevoke: boolean;
  mayEndSessions: boolean;
  mayUnlink: boolean;
  mayResetFactor: boolean;
}) {
  const [open, setOpen] = useState<Open>(null);
  const router = useRouter();
  const close = () => setOpen(null);
  const activate = useAction(updatePersonAction, { success: "Activated", onSuccess: () => router.refresh() });
  const elevated = person.consoleRole === "owner" || person.consoleRole === "admin";
  const locked = elevated && !mayElevate ? OWNERS_ALONE : null;
  const more: MenuItem[] = [
    ...(person.status === "invited"
      ? [
          {
            label: "New invitation link",
            icon: <MailPlus aria-hidden />,
            disabled: Boolean(locked),
            onSelect: () => setOpen("invite"),
          },
        ]
      : []),
    ...(mayEndSessions && person.counts.openSessions > 0
      ? [{ label: "End their sessions", icon: <LogOut aria-hidden />, onSelect: () => setOpen("sessions") }]
      : []),
    ...(mayUnlink && person.signIn.sso
      ? [
          {
            label: "Unlink single sign-on",
            icon: <Unlink aria-hidden />,
            disabled: Boolean(locked && !self),
            onSelect: () => setOpen("unlink"),
          },
        ]
      : []),
    ...(mayResetFactor && person.signIn.secondFactor && !self
      ? [
          {
            label: "Reset second factor",
            icon: <ShieldOff aria-hidden />,
            disabled: Boolean(locked),
            onSelect: () => setOpen("factor"),
          },
        ]
      : []),
    ...(mayRevoke && person.counts.liveTokens + person.counts.liveConnections > 0
      ? [
          {
            label: "Revoke all tokens",
            icon: <KeyRound aria-hidden />,
            tone: "danger" as const,
            onSelect: () => setOpen("revoke"),
          },
        ]
      : []),
  ];
  return (
    <>
      {more.length > 0 ? (
        <Menu
          trigger={
            <Button size="icon" aria-label="More">
              <Ellipsis aria-hidden />
            </Button>
          }
          items={more}
        />
      ) : null}
      {person.status === "suspended" ? (
        <Button
          busy={activate.pending}
          disabledReason={locked}
          onClick={() => void activate.run({ personId: person.id, status: "active" })}
        >
          Activate
        </Button>
      ) : (
        <Button variant="danger-quiet" disabledReason={locked} onClick={() => setOpen("suspend")}>
          Suspend
        </Button>
      )}
      <Button disabledReason={locked && !self ? locked : null} onClick={() => setOpen("edit")}>
        Edit
      </Button>
      {open === "edit" ? <EditPerson person={person} self={self} mayElevate={mayElevate} onClose={close} /> : null}
      {open === "suspend" ? <Suspend person={person} self={self} onClose={close} /> : null}
      {open === "sessions" ? <EndSessions person={person} onClose={close} /> : null}
      {open === "unlink" ? <UnlinkSso person={person} self={self} onClose={close} /> : null}
      {open === "factor" ? <ResetSecondFactor person={person} onClose={close} /> : null}
      {open === "invite" ? <Reinvite person={person} onClose={close} /> : null}
      {open === "revoke" ? (
        <RevokeTokensOf by="people" subject={{ id: person.id, name: person.name, ...person.counts }} onClose={close} />
      ) : null}
    </>
  );
}

function Suspend({ person, self, onClose }: { person: PersonDto; self: boolean; onClose: () => void }) {
  const router = useRouter();
  const { run, error } = useAction(updatePersonAction, {
    success: "Suspended: tokens and sessions are refused from now on",
    toastErrors: false,
    onSuccess: () => router.refresh(),
  });
  const { liveTokens, openSessions } = person.counts;
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Suspend ${person.name}?`}
      consequence={
        <>
          {counted(liveTokens, "live token")} and {counted(openSessions, "open session")} stop at once.
          {self ? " That is you: you are signed out." : null} Activating them again brings the tokens back, and not the
          sessions.
        </>
      }
      confirmLabel="Suspend"
      onConfirm={async () => (await run({ personId: person.id, status: "suspended" })).ok}
    >
      <ActionFailure error={error} forbidden={OWNERS_ALONE} />
    </ConfirmDialog>
  );
}

function EndSessions({ person, onClose }: { person: PersonDto; onClose: () => void }) {
  const router = useRouter();
  const { run } = useAction(endSessionsAction, {
    success: ({ ended }) => `Ended ${counted(ended, "session")}`,
    onSuccess: () => router.refresh(),
  });
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`End the sessions of ${person.name}?`}
      consequence={`${counted(person.counts.openSessions, "open session")} end at once; signing in again is possible. Tokens go on working.`}
      confirmLabel="End sessions"
      onConfirm={async () => (await run({ personId: person.id })).ok}
    />
  );
}
