"use client";

import { CheckboxField } from "@/components/ui/checkbox";

/** The form of a revocation for a leaked secret: every process refuses as soon as it hears of it. */
export function UrgentField({ checked, onChange }: { checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <CheckboxField
      label="The secret has leaked: refuse at once, process by process"
      description="Otherwise all processes begin to refuse in the same moment, at the latest after a second or so."
      checked={checked}
      onCheckedChange={(next) => onChange(next === true)}
    />
  );
}
