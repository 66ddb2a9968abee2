"use client";

import { useRouter } from "next/navigation";
import { parseAsString, useQueryState } from "nuqs";
import { useState } from "react";
import { ConsoleRoleField } from "@/components/person/console-role-field";
import { RoleChecks, type RoleOption } from "@/components/role/role-checks";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { Dialog } from "@/components/ui/dialog";
import { FormDialog } from "@/components/ui/form-dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useCopiedGuard } from "@/components/ui/use-copied-guard";
import type { ConsoleRole } from "@/lib/person/console-role";
import type { CreatedPersonDto } from "@/lib/person/schema";
import { createPersonAction } from "../actions";
import { InvitationLink } from "./invitation-link";

/** The button of the list; `?new=1` opens it too. */
export function InvitePerson({ roles, mayElevate }: { roles: readonly RoleOption[]; mayElevate: boolean }) {
  const [open, setOpen] = useQueryState("new", parseAsString);
  return (
    <>
      <Button variant="primary" onClick={() => void setOpen("1")}>
        Invite a person
      </Button>
      {open ? <InviteDialog roles={roles} mayElevate={mayElevate} onClose={() => void setOpen(null)} /> : null}
    </>
  );
}

function InviteDialog({
  roles,
  mayElevate,
  onClose,
}: {
  roles: readonly RoleOption[];
  mayElevate: boolean;
  onClose: () => void;
}) {
  const router = useRouter();
  const [invited, setInvited] = useState<CreatedPersonDto | null>(null);
  if (invited?.inviteUrl) return <Invited person={invited} inviteUrl={invited.inviteUrl} onClose={onClose} />;
  return (
    <InviteForm
      roles={roles}
      mayElevate={mayElevate}
      onClose={onClose}
      onInvited={(person) => {
        setInvited(person);
        router.refresh();
      }}
    />
  );
}

function Invited({ person, inviteUrl, onClose }: { person: CreatedPersonDto; inviteUrl: string; onClose: () => void }) {
  const { onCopied, guard } = useCopiedGuard("link", true);
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      guard={guard}
      title={`${person.name} is invited`}
      footer={
        <>
          <Button onClick={() => (guard() ? undefined : onClose())}>Done</Button>
          <ButtonLink href={`/people/${person.id}`} variant="primary">
            Open their page
          </ButtonLink>
        </>
      }
    >
      <InvitationLink name={person.name} inviteUrl={inviteUrl} onCopied={onCopied} />
    </Dialog>
  );
}

function InviteForm({
  roles,
  mayElevate,
  onClose,
  onInvited,
}: {
  roles: readonly RoleOption[];
  mayElevate: boolean;
  onClose: () => void;
  onInvited: (person: CreatedPersonDto) => void;
}) {
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [consoleRole, setConsoleRole] = useState<ConsoleRole>("member");
  const [roleIds, setRoleIds] = useState<string[]>([]);
  const { run, pending, error, fieldErrors } = useAction(createPersonAction, {
    toastErrors: false,
    onSuccess: onInvited,
  });
  const missing = !email.trim() ? "Give an e-mail address first" : !name.trim() ? "Give a name first" : null;
  return (
    <FormDialog
      title="Invite a person"
      description="They choose a password with a link that you hand over."
      submitLabel="Make the invitation"
      busy={pending}
      missing={missing}
      onSubmit={() => void run({ email, name, consoleRole, roleIds })}
      onClose={onClose}
    >
      <ActionFailure
        error={error}
        forbidden="Only an owner makes owners and admins. The attempt stands in the audit log."
      />
      <Field label="E-mail" required error={fieldErrors.email}>
        <Input
          data-autofocus
          type="email"
          autoComplete="off"
          maxLength={254}
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
      </Field>
      <Field label="Name" required error={fieldErrors.name}>
        <Input autoComplete="off" maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
      </Field>
      <ConsoleRoleField
        value={consoleRole}
        onChange={setConsoleRole}
        mayElevate={mayElevate}
        error={fieldErrors.consoleRole}
      />
      <RoleChecks
        legend="Token roles"
        hint="What their tokens may be minted under; they can be given later, too."
        options={roles}
        value={roleIds}
        onChange={setRoleIds}
        error={Object.entries(fieldErrors).find(([path]) => path.startsWith("roleIds"))?.[1]}
      />
    </FormDialog>
  );
}
