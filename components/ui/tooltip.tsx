"use client";

import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";

/** Shares the delay between tooltips. Once, in the root layout. */
export function TooltipProvider({ children }: { children: ReactNode }) {
  return (
    <Radix.Provider delayDuration={300} skipDelayDuration={100}>
      {children}
    </Radix.Provider>
  );
}

/** A few words on hover and focus. `children` is one element that takes a ref; nothing essential may stand here alone. */
export function Tooltip({
  content,
  side = "top",
  children,
}: {
  content: ReactNode;
  side?: "top" | "right" | "bottom" | "left";
  children: ReactNode;
}) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="bg-inverse text-on-inverse text-meta animate-fade-in z-50 max-w-72 rounded-md px-2 py-1.5"
        >
          {content}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
