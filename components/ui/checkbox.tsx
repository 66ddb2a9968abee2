"use client";

import { Check, Minus } from "lucide-react";
import { Checkbox as Radix } from "radix-ui";
import { useId, type ComponentProps, type ReactNode } from "react";
import { cn } from "./class-names";

/** A checkbox: `checked` is true, false, or `"indeterminate"` where some of what it stands for are ticked. */
export function Checkbox({ className, ...rest }: ComponentProps<typeof Radix.Root>) {
  return (
    <Radix.Root
      {...rest}
      className={cn(
        "group border-control bg-surface data-[state=checked]:border-accent data-[state=checked]:bg-accent data-[state=indeterminate]:border-accent data-[state=indeterminate]:bg-accent text-on-accent relative flex size-4 shrink-0 items-center justify-center rounded-sm border before:absolute before:-inset-1 disabled:cursor-not-allowed disabled:opacity-50 pointer-coarse:before:-inset-3.5",
        className,
      )}
    >
      <Radix.Indicator>
        <Check aria-hidden strokeWidth={3} className="size-3 group-data-[state=indeterminate]:hidden" />
        <Minus aria-hidden strokeWidth={3} className="hidden size-3 group-data-[state=indeterminate]:block" />
      </Radix.Indicator>
    </Radix.Root>
  );
}

/** A checkbox with its words; the whole line is the target. */
export function CheckboxField({
  label,
  description,
  ...rest
}: ComponentProps<typeof Checkbox> & { label: ReactNode; description?: ReactNode }) {
  const id = useId();
  return (
    <div className="flex min-h-6 items-start gap-2.5">
      <Checkbox
        {...rest}
        id={rest.id ?? id}
        className="mt-0.5"
        aria-describedby={description ? `${id}-d` : undefined}
      />
      <div className="min-w-0">
        <label htmlFor={rest.id ?? id} className="text-body text-ink">
          {label}
        </label>
        {description ? (
          <p id={`${id}-d`} className="text-meta text-ink-2">
            {description}
          </p>
        ) : null}
      </div>
    </div>
  );
}
