"use client";

import { useId } from "react";
import { FieldMessage, FieldSet } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import type { TokenDto } from "@/lib/token/schema";

export type RateLimit = NonNullable<TokenDto["rateLimit"]>;

const WINDOWS = [
  { value: "1", label: "second" },
  { value: "60", label: "minute" },
  { value: "3600", label: "hour" },
  { value: "86400", label: "day" },
];

/** How many calls a token may make in a sliding window; null for no limit. */
export function RateLimitField({
  value,
  onChange,
  error,
  initial = { limit: 600, windowSeconds: 60 },
}: {
  value: RateLimit | null;
  onChange: (value: RateLimit | null) => void;
  error?: string | null;
  /** What it starts with when switched on. */
  initial?: RateLimit;
}) {
  const id = useId();
  const known = WINDOWS.some((each) => each.value === String(value?.windowSeconds));
  return (
    <FieldSet legend="Rate limit" className="gap-3">
      <Switch
        label="Limit calls"
        description="Calls above it are refused until the window moves on."
        checked={value !== null}
        onCheckedChange={(on) => onChange(on ? initial : null)}
      />
      {value !== null ? (
        <div className="flex items-center gap-2">
          <Input
            aria-label="Calls"
            aria-invalid={error ? true : undefined}
            aria-describedby={error ? id : undefined}
            type="number"
            inputMode="numeric"
            min={1}
            max={1_000_000}
            className="w-28"
            value={Number.isNaN(value.limit) ? "" : value.limit}
            onChange={(event) => onChange({ ...value, limit: event.target.valueAsNumber })}
          />
          <span className="text-body text-ink-2 whitespace-nowrap">calls per</span>
          <Select
            aria-label="Window"
            className="w-32"
            value={String(value.windowSeconds)}
            onValueChange={(seconds) => onChange({ ...value, windowSeconds: Number(seconds) })}
            options={
              known ? WINDOWS : [...WINDOWS, { value: String(value.windowSeconds), label: `${value.windowSeconds} s` }]
            }
          />
        </div>
      ) : null}
      {error ? <FieldMessage id={id}>{error}</FieldMessage> : null}
    </FieldSet>
  );
}
