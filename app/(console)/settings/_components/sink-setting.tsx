"use client";

import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import type { SinkField } from "./sink-fields";

/** One setting of a sink, asked for as its kind of value wants. */
export function SinkSetting({
  field,
  value,
  error,
  onChange,
}: {
  field: SinkField;
  value: string | boolean;
  error: string | undefined;
  onChange: (value: string | boolean) => void;
}) {
  const { label, type, hint, required = false, options = [], placeholder } = field;
  if (type === "switch")
    return <Switch label={label} description={hint} checked={value === true} onCheckedChange={onChange} />;
  const text = String(value);
  return (
    <Field label={label} required={required} optional={!required && type !== "choice"} hint={hint} error={error}>
      {type === "choice" ? (
        <Select options={options} value={text} onValueChange={onChange} />
      ) : type === "lines" || type === "pem" ? (
        <Textarea
          mono
          rows={type === "pem" ? 4 : 3}
          spellCheck={false}
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <Input
          mono={type === "text"}
          inputMode={type === "number" ? "numeric" : undefined}
          spellCheck={false}
          autoComplete="off"
          placeholder={placeholder}
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
