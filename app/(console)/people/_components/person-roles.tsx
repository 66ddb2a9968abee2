"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { RoleOption } from "@/components/role/role-checks";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { ChangeRoles } from "../../_components/change-roles";
import { updatePersonAction } from "../actions";

/** The button that changes a person's token roles. */
export function PersonRoles({
  person,
  options,
  disabledReason,
}: {
  person: { id: string; name: string; roleIds: string[] };
  options: readonly RoleOption[];
  disabledReason: string | null;
}) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const { run, pending, error } = useAction(updatePersonAction, {
    success: "Roles saved",
    toastErrors: false,
    onSuccess: () => {
      setOpen(false);
      router.refresh();
    },
  });
  return (
    <>
      <Button size="sm" disabledReason={disabledReason} onClick={() => setOpen(true)}>
        Change
      </Button>
      {open ? (
        <ChangeRoles
          name={person.name}
          held={person.roleIds}
          options={options}
          pending={pending}
          error={error}
          forbidden="Only an owner changes the roles of owners and admins."
          onSave={(roleIds) => void run({ personId: person.id, roleIds })}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </>
  );
}
