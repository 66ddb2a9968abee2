"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ConsoleRoleField } from "@/components/person/console-role-field";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Callout } from "@/components/ui/callout";
import { FormDialog } from "@/components/ui/form-dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { PersonDto } from "@/lib/person/schema";
import { updatePersonAction } from "../actions";

/** Changes a person's name and console role; another console role asks for the password. */
export function EditPerson({
  person,
  self,
  mayElevate,
  onClose,
}: {
  person: PersonDto;
  self: boolean;
  mayElevate: boolean;
  onClose: () => void;
}) {
  const router = useRouter();
  const [name, setName] = useState(person.name);
  const [consoleRole, setConsoleRole] = useState(person.consoleRole);
  const { run, pending, error, fieldErrors } = useAction(updatePersonAction, {
    success: "Saved",
    toastErrors: false,
    onSuccess: () => {
      onClose();
      router.refresh();
    },
  });
  const roleChanged = consoleRole !== person.consoleRole;
  const elevated = person.consoleRole === "owner" || person.consoleRole === "admin";
  return (
    <FormDialog
      title={`Edit ${person.name}`}
      description="The e-mail address is who they are, and stays."
      submitLabel="Save"
      busy={pending}
      missing={name.trim() ? null : "Give a name first"}
      onSubmit={() => void run({ personId: person.id, name, ...(roleChanged ? { consoleRole } : {}) })}
      onClose={onClose}
    >
      <ActionFailure
        error={error}
        forbidden="Only an owner makes, changes or suspends owners and admins, and nobody raises themself."
      />
      <Field label="Name" required error={fieldErrors.name}>
        <Input
          data-autofocus
          value={name}
          maxLength={200}
          autoComplete="off"
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      {elevated && !mayElevate ? null : (
        <ConsoleRoleField
          value={consoleRole}
          onChange={setConsoleRole}
          mayElevate={mayElevate}
          error={fieldErrors.consoleRole}
        />
      )}
      {roleChanged ? (
        <Callout tone="expiring">
          It counts with {self ? "your" : "their"} next request, and you are asked for your password.
          {self ? " You cannot raise yourself again." : null}
        </Callout>
      ) : null}
    </FormDialog>
  );
}
