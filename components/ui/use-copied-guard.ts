"use client";

import { useEffect, useState } from "react";

/**
 * For what is shown once. While `shown` and not copied, leaving the page asks first, and `guard` asks before a dialog
 * closes or goes elsewhere: true keeps it open. `what` names it: `The key was not copied …`.
 */
export function useCopiedGuard(what: string, shown: boolean): { onCopied: () => void; guard: () => boolean } {
  const [copied, setCopied] = useState(false);
  const endangered = shown && !copied;
  useEffect(() => {
    if (!endangered) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [endangered]);
  return {
    onCopied: () => setCopied(true),
    guard: () => endangered && !window.confirm(`The ${what} was not copied and is not shown again. Close anyway?`),
  };
}
