"use client";

import { useId, type ReactNode } from "react";
import { Field } from "./field";
import { Input } from "./input";
import { Select } from "./select";
import { SPAN_UNITS, type SpanDraft, type SpanUnit } from "./span";

/** A span of time: a number and its unit. Empty means none was given. */
export function SpanField({
  label,
  hint,
  placeholder,
  required,
  optional,
  value,
  onChange,
  error,
}: {
  label: ReactNode;
  hint?: ReactNode;
  placeholder?: string;
  required?: boolean;
  optional?: boolean;
  value: SpanDraft;
  onChange: (value: SpanDraft) => void;
  error?: string;
}) {
  const unitId = useId(); // the field's own id belongs to the number
  return (
    <Field label={label} required={required} optional={optional} hint={hint} error={error}>
      <div className="flex max-w-72 gap-2">
        <Input
          inputMode="numeric"
          placeholder={placeholder}
          value={value.amount}
          maxLength={8}
          onChange={(event) => onChange({ ...value, amount: event.target.value.replace(/[^0-9]/g, "") })}
        />
        <div className="w-28 shrink-0">
          <Select
            id={unitId}
            aria-label="Unit"
            value={value.unit}
            onValueChange={(unit) => onChange({ ...value, unit: unit as SpanUnit })}
            options={SPAN_UNITS.map(({ unit }) => ({ value: unit, label: unit }))}
          />
        </div>
      </div>
    </Field>
  );
}
