"use client";

import { useState } from "react";

/** For a dialog with something that is shown once: asks before it closes uncopied. */
export function useCopiedGuard(what: string): { onCopied: () => void; guard: () => boolean } {
  const [copied, setCopied] = useState(false);
  return {
    onCopied: () => setCopied(true),
    guard: () => !copied && !window.confirm(`The ${what} was not copied and is not shown again. Close anyway?`),
  };
}
