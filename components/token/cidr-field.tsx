"use client";

import { useState } from "react";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { StatusGlyph } from "@/components/ui/status-badge";
import { isCidr, isEverywhere, splitCidrs } from "./cidr";

/** The addresses from which a token may be used; empty for any. Complains when the field is left, not while typing. */
export function CidrField({
  value,
  onChange,
  error,
  label = "Allowed addresses",
}: {
  value: readonly string[];
  onChange: (value: string[]) => void;
  error?: string | null;
  label?: string;
}) {
  const [text, setText] = useState(() => value.join("\n"));
  const [left, setLeft] = useState(false);
  const items = splitCidrs(text);
  const wrong = left ? items.filter((item) => !isCidr(item)) : [];
  return (
    <>
      <Field
        label={label}
        optional
        hint="One address or block per line, like 192.0.2.7 or 10.0.0.0/8. Empty: from anywhere."
        error={error ?? (wrong.length > 0 ? `Not an address or block: ${wrong.slice(0, 3).join(", ")}` : null)}
      >
        <Textarea
          mono
          rows={Math.min(6, Math.max(2, items.length + 1))}
          value={text}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setText(event.target.value);
            setLeft(false);
            onChange(splitCidrs(event.target.value));
          }}
          onBlur={() => setLeft(true)}
        />
      </Field>
      {items.some(isEverywhere) ? (
        <p role="status" className="text-meta text-expiring flex items-center gap-1.5">
          <StatusGlyph tone="expiring" />A block that ends in /0 lets every address in.
        </p>
      ) : null}
    </>
  );
}
