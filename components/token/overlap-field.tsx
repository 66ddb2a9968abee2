"use client";

import { FieldSet } from "@/components/ui/field";
import { RadioGroup } from "@/components/ui/radio-group";

const OVERLAPS = [
  { value: "0", label: "None: end the old one now" },
  { value: "900", label: "15 minutes" },
  { value: "3600", label: "1 hour" },
  { value: "21600", label: "6 hours" },
  { value: "86400", label: "24 hours" },
  { value: "604800", label: "7 days" },
  { value: "2592000", label: "30 days" },
];

/** What a rotation starts with, in seconds: 24 hours. */
export const DEFAULT_OVERLAP = "86400";

/** How long the old secret of a token or a key works after its rotation. `value` is whole seconds, as text. */
export function OverlapField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <FieldSet legend="How long the old secret goes on working">
      <RadioGroup aria-label="Overlap" value={value} onValueChange={onChange} options={OVERLAPS} />
    </FieldSet>
  );
}
