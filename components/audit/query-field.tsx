"use client";

import type { ReactNode } from "react";
import { Field } from "@/components/ui/field";
import type { QueryForm } from "./query-draft";
import { QueryInput, type Offers } from "./query-input";
import { SyntaxHelp } from "./syntax-help";
import type { Suggest } from "./use-suggestions";

/** A query as a field of a dialog: completed as in the audit log's own box, its faults at their characters. */
export function QueryField({
  form: { draft, setDraft, errors, told },
  error,
  label,
  hint,
  optional = false,
  placeholder,
  suggest,
  offers,
}: {
  form: QueryForm;
  /** What the server has against it. */
  error?: string | undefined;
  label: string;
  hint?: ReactNode;
  optional?: boolean;
  placeholder?: string;
  suggest: Suggest;
  offers?: Offers;
}) {
  return (
    <Field label={label} hint={hint} optional={optional} required={!optional} error={told ?? error}>
      <QueryInput
        draft={draft}
        onDraft={setDraft}
        errors={errors}
        suggest={suggest}
        offers={offers}
        inDialog
        placeholder={placeholder}
        className="pr-10"
      >
        <span className="absolute top-1/2 right-2 flex -translate-y-1/2 items-center">
          <SyntaxHelp />
        </span>
      </QueryInput>
    </Field>
  );
}
