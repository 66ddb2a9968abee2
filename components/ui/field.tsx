"use client";

import { CircleAlert } from "lucide-react";
import { createContext, useContext, useId, type ReactNode } from "react";
import { cn } from "./class-names";

type FieldControl = { id: string; describedBy: string | undefined; invalid: boolean; required: boolean };

const FieldContext = createContext<FieldControl | null>(null);

/**
 * The attributes that tie a control to the `Field` around it. Every control of `components/ui` calls it; what the caller
 * sets itself wins.
 */
export function useFieldControl(own: { id?: string; "aria-describedby"?: string; "aria-invalid"?: unknown }) {
  const field = useContext(FieldContext);
  return {
    id: own.id ?? field?.id,
    "aria-describedby": [own["aria-describedby"], field?.describedBy].filter(Boolean).join(" ") || undefined,
    "aria-invalid": own["aria-invalid"] !== undefined ? Boolean(own["aria-invalid"]) : field?.invalid || undefined,
    "aria-required": field?.required || undefined,
  };
}

/** A control with its label, hint and error, tied together for assistive technology. */
export function Field({
  label,
  hint,
  error,
  required = false,
  optional = false,
  hideLabel = false,
  className,
  children,
}: {
  label: ReactNode;
  hint?: ReactNode;
  /** One message, or several of which the first is shown. */
  error?: string | readonly string[] | null;
  required?: boolean;
  /** Marks the label *optional*; use it where most fields are required. */
  optional?: boolean;
  hideLabel?: boolean;
  className?: string;
  children: ReactNode;
}) {
  const id = useId();
  const message = typeof error === "string" ? error : error?.[0];
  const describedBy = [hint ? `${id}-hint` : null, message ? `${id}-error` : null].filter(Boolean).join(" ");
  return (
    <div className={cn("flex min-w-0 flex-col gap-1.5", className)}>
      <label htmlFor={id} className={hideLabel ? "sr-only" : "text-body text-ink font-medium"}>
        {label}
        {optional ? <span className="text-ink-3 font-normal"> (optional)</span> : null}
      </label>
      <FieldContext value={{ id, describedBy: describedBy || undefined, invalid: Boolean(message), required }}>
        {children}
      </FieldContext>
      {hint ? (
        <p id={`${id}-hint`} className="text-meta text-ink-2">
          {hint}
        </p>
      ) : null}
      {message ? <FieldMessage id={`${id}-error`}>{message}</FieldMessage> : null}
    </div>
  );
}

/** What is wrong with a field. */
export function FieldMessage({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <p id={id} role="alert" className="text-meta text-deny flex items-start gap-1.5">
      <CircleAlert aria-hidden className="mt-px size-3.5 shrink-0" />
      <span>{children}</span>
    </p>
  );
}

/** Several controls under one heading (radio groups, lists of checkboxes): a real fieldset. */
export function FieldSet({
  legend,
  hint,
  error,
  children,
  className,
}: {
  legend: ReactNode;
  hint?: ReactNode;
  error?: string | null;
  children: ReactNode;
  className?: string;
}) {
  const id = useId();
  return (
    <fieldset
      aria-describedby={hint ? `${id}-hint` : undefined}
      className={cn("flex min-w-0 flex-col gap-2", className)}
    >
      <legend className="text-body text-ink mb-1 font-medium">{legend}</legend>
      {hint ? (
        <p id={`${id}-hint`} className="text-meta text-ink-2 -mt-1">
          {hint}
        </p>
      ) : null}
      {children}
      {error ? <FieldMessage>{error}</FieldMessage> : null}
    </fieldset>
  );
}
