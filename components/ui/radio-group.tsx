"use client";

import { RadioGroup as Radix } from "radix-ui";
import { useId, type ReactNode } from "react";
import { cn } from "./class-names";

export type RadioOption = {
  value: string;
  label: ReactNode;
  description?: ReactNode;
  icon?: ReactNode;
  disabled?: boolean;
};

/**
 * One of a few, all in sight. `cards` draws each as a card (two or more beside each other), `list` as lines,
 * `segments` as one bar of short words.
 */
export function RadioGroup({
  options,
  look = "list",
  columns = 2,
  className,
  ...rest
}: {
  options: readonly RadioOption[];
  look?: "list" | "cards" | "segments";
  columns?: 2 | 3;
  value?: string;
  defaultValue?: string;
  onValueChange?: (value: string) => void;
  name?: string;
  disabled?: boolean;
  className?: string;
  "aria-label"?: string;
  "aria-labelledby"?: string;
}) {
  const id = useId();
  if (look === "segments") {
    return (
      <Radix.Root {...rest} className={cn("bg-raised inline-flex flex-wrap gap-0.5 rounded-md p-0.5", className)}>
        {options.map((option) => (
          <Radix.Item
            key={option.value}
            value={option.value}
            disabled={option.disabled}
            className="text-body text-ink-2 data-[state=checked]:bg-surface data-[state=checked]:text-ink data-[state=checked]:shadow-control hover:text-ink h-7 rounded-sm px-2.5 font-medium disabled:cursor-not-allowed disabled:opacity-50 pointer-coarse:h-11"
          >
            {option.label}
          </Radix.Item>
        ))}
      </Radix.Root>
    );
  }
  const cards = look === "cards";
  return (
    <Radix.Root
      {...rest}
      className={cn(
        "grid gap-2",
        cards && (columns === 3 ? "sm:grid-cols-3" : "sm:grid-cols-2"),
        !cards && "gap-1.5",
        className,
      )}
    >
      {options.map((option, index) => (
        <label
          key={option.value}
          className={cn(
            "flex cursor-pointer items-start gap-2.5",
            cards &&
              "border-hairline bg-surface hover:bg-raised has-data-[state=checked]:border-accent has-data-[state=checked]:bg-selected rounded-lg border p-3",
            option.disabled && "cursor-not-allowed opacity-55",
          )}
        >
          <Radix.Item
            value={option.value}
            disabled={option.disabled}
            aria-labelledby={`${id}-${index}-l`}
            aria-describedby={option.description ? `${id}-${index}-d` : undefined}
            className="border-control bg-surface data-[state=checked]:border-accent relative mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-full border before:absolute before:-inset-1"
          >
            <Radix.Indicator className="bg-accent size-2 rounded-full" />
          </Radix.Item>
          <span className="flex min-w-0 flex-1 flex-col">
            <span id={`${id}-${index}-l`} className="text-body text-ink flex items-center gap-1.5 font-medium">
              {option.icon}
              {option.label}
            </span>
            {option.description ? (
              <span id={`${id}-${index}-d`} className="text-meta text-ink-2">
                {option.description}
              </span>
            ) : null}
          </span>
        </label>
      ))}
    </Radix.Root>
  );
}
