"use client";

import { Popover as Radix } from "radix-ui";
import type { ReactNode } from "react";

/** A small surface beside `trigger` (one element that takes a ref), for controls that do not deserve a dialog. */
export function Popover({
  trigger,
  label,
  align = "start",
  open,
  onOpenChange,
  children,
}: {
  trigger: ReactNode;
  label: string;
  align?: "start" | "center" | "end";
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
}) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={label}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="bg-overlay shadow-overlay animate-pop-in z-50 max-w-[calc(100vw-1rem)] min-w-56 rounded-lg p-3 outline-none"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
