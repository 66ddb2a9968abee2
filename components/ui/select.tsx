"use client";

import { Check, ChevronDown } from "lucide-react";
import { Select as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./class-names";
import { useFieldControl } from "./field";
import { styleNonce } from "./style-nonce";

export type SelectOption = { value: string; label: ReactNode; description?: ReactNode; disabled?: boolean };

/** One of a list of up to some twenty. `value` must not be the empty string: leave it undefined where nothing is chosen. */
export function Select({
  options,
  value,
  defaultValue,
  onValueChange,
  name,
  placeholder = "Choose…",
  disabled,
  size = "md",
  className,
  ...aria
}: {
  options: readonly SelectOption[];
  value?: string;
  defaultValue?: string;
  onValueChange?: (value: string) => void;
  name?: string;
  placeholder?: string;
  disabled?: boolean;
  size?: "sm" | "md";
  className?: string;
  id?: string;
  "aria-label"?: string;
  "aria-labelledby"?: string;
  "aria-describedby"?: string;
}) {
  return (
    <Radix.Root value={value} defaultValue={defaultValue} onValueChange={onValueChange} name={name} disabled={disabled}>
      <Radix.Trigger
        {...aria}
        {...useFieldControl(aria)}
        className={cn(
          "control data-[placeholder]:text-ink-3 flex items-center justify-between gap-2 text-left",
          size === "sm" && "text-body h-8 px-2.5",
          className,
        )}
      >
        <span className="min-w-0 truncate">
          <Radix.Value placeholder={placeholder} />
        </span>
        <Radix.Icon asChild>
          <ChevronDown aria-hidden className="text-ink-3 size-4 shrink-0" />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="bg-overlay shadow-overlay animate-pop-in z-50 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) overflow-hidden rounded-lg"
        >
          <Radix.Viewport className="p-1" nonce={styleNonce()}>
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                disabled={option.disabled}
                className="text-body data-[highlighted]:bg-raised data-[disabled]:text-ink-3 flex min-h-8 items-center gap-2 rounded-md py-1 pr-2 pl-2 outline-none select-none data-[disabled]:cursor-not-allowed pointer-coarse:min-h-11"
              >
                <span className="flex min-w-0 flex-1 flex-col">
                  <Radix.ItemText>{option.label}</Radix.ItemText>
                  {option.description ? <span className="text-meta text-ink-2">{option.description}</span> : null}
                </span>
                <span className="size-4 shrink-0">
                  <Radix.ItemIndicator>
                    <Check aria-hidden className="text-accent size-4" />
                  </Radix.ItemIndicator>
                </span>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
