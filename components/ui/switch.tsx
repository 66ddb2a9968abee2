"use client";

import { Switch as Radix } from "radix-ui";
import { useId, type ComponentProps, type ReactNode } from "react";

/** On or off, at once. With `label` it names itself; without, give an `aria-label`. */
export function Switch({
  label,
  description,
  ...rest
}: ComponentProps<typeof Radix.Root> & { label?: ReactNode; description?: ReactNode }) {
  const id = useId();
  const control = (
    <Radix.Root
      {...rest}
      id={rest.id ?? id}
      aria-describedby={description ? `${id}-d` : rest["aria-describedby"]}
      className="bg-control data-[state=checked]:bg-accent relative h-5 w-9 shrink-0 rounded-full transition-colors duration-100 before:absolute before:-inset-x-0 before:-inset-y-0.5 disabled:cursor-not-allowed disabled:opacity-50 pointer-coarse:before:-inset-3"
    >
      <Radix.Thumb className="bg-surface block size-4 translate-x-0.5 rounded-full transition-transform duration-100 data-[state=checked]:translate-x-4.5" />
    </Radix.Root>
  );
  if (!label) return control;
  return (
    <div className="flex items-start justify-between gap-4">
      <div className="min-w-0">
        <label htmlFor={rest.id ?? id} className="text-body text-ink font-medium">
          {label}
        </label>
        {description ? (
          <p id={`${id}-d`} className="text-meta text-ink-2">
            {description}
          </p>
        ) : null}
      </div>
      {control}
    </div>
  );
}
