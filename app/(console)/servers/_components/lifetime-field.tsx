"use client";

import { useId } from "react";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { LIFETIME_UNITS, type LifetimeDraft, type LifetimeUnit } from "./lifetime";

/** The longest life of tokens for a server: a number and its unit; empty leaves it to the instance's policy. */
export function LifetimeField({
  value,
  onChange,
  error,
}: {
  value: LifetimeDraft;
  onChange: (value: LifetimeDraft) => void;
  error?: string;
}) {
  const unitId = useId(); // the field's own id belongs to the number
  return (
    <Field
      label="Longest token life"
      optional
      hint="Tokens for this server end by then at the latest. Empty: the instance's policy alone. Tokens already minted keep their end."
      error={error}
    >
      <div className="flex max-w-72 gap-2">
        <Input
          inputMode="numeric"
          placeholder="no own limit"
          value={value.amount}
          maxLength={8}
          onChange={(event) => onChange({ ...value, amount: event.target.value.replace(/[^0-9]/g, "") })}
        />
        <div className="w-28 shrink-0">
          <Select
            id={unitId}
            aria-label="Unit"
            value={value.unit}
            onValueChange={(unit) => onChange({ ...value, unit: unit as LifetimeUnit })}
            options={LIFETIME_UNITS.map(({ unit }) => ({ value: unit, label: unit }))}
          />
        </div>
      </div>
    </Field>
  );
}
