"use client";

import type { ReactNode } from "react";
import { cn } from "./class-names";
import { useUrlTransition } from "./url-transition";

/** Dims what is being fetched again and says so; what is shown stays readable meanwhile. */
export function RefetchRegion({ children }: { children: ReactNode }) {
  const { pending } = useUrlTransition();
  return (
    <div aria-busy={pending} className={cn("transition-opacity duration-100", pending && "opacity-60")}>
      {children}
    </div>
  );
}
