import type { ReactNode } from "react";

/** A key to press. */
export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="border-hairline bg-raised text-ink-2 inline-flex h-5 min-w-5 items-center justify-center rounded-sm border px-1 font-sans text-[0.6875rem] font-medium">
      {children}
    </kbd>
  );
}
