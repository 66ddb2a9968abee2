"use client";

import { FieldSet } from "@/components/ui/field";
import { RadioGroup } from "@/components/ui/radio-group";
import { CONSOLE_ROLES, type ConsoleRole } from "@/lib/person/console-role";
import { CONSOLE_ROLE_TEXT } from "./console-role-text";

/** The choice of a console role, each with a sentence on what it permits. Without `mayElevate` owner and admin are shut. */
export function ConsoleRoleField({
  value,
  onChange,
  mayElevate,
  error,
}: {
  value: ConsoleRole;
  onChange: (role: ConsoleRole) => void;
  mayElevate: boolean;
  error?: string;
}) {
  return (
    <FieldSet
      legend="Console role"
      hint={mayElevate ? undefined : "Only an owner makes owners and admins."}
      error={error ?? null}
    >
      <RadioGroup
        aria-label="Console role"
        value={value}
        onValueChange={(role) => onChange(role as ConsoleRole)}
        options={CONSOLE_ROLES.map((role) => ({
          value: role,
          label: CONSOLE_ROLE_TEXT[role].word,
          description: CONSOLE_ROLE_TEXT[role].sentence,
          disabled: !mayElevate && (role === "owner" || role === "admin"),
        }))}
      />
    </FieldSet>
  );
}
