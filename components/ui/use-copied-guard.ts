"use client";

import { useEffect, useState } from "react";

/** The link that a click follows in this window: a modified click opens another one, and this page stays. */
function followedLink(event: MouseEvent): HTMLAnchorElement | null {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
  return link && link.target !== "_blank" && !link.hasAttribute("download") ? link : null;
}

/**
 * For what is shown once. While `shown` and not copied, leaving the page and following any link of it ask first, and
 * `guard` asks before a dialog closes or the page shows something else: true keeps it open. `what` names it:
 * `The key was not copied …`.
 */
export function useCopiedGuard(what: string, shown: boolean): { onCopied: () => void; guard: () => boolean } {
  const [copied, setCopied] = useState(false);
  const endangered = shown && !copied;
  const question = `The ${what} was not copied and is not shown again. Leave it anyway?`;
  useEffect(() => {
    if (!endangered) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    // Next follows its links without unloading the page.
    const askAtLink = (event: MouseEvent) => {
      if (!followedLink(event) || window.confirm(question)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener("beforeunload", ask);
    document.addEventListener("click", askAtLink, { capture: true });
    return () => {
      window.removeEventListener("beforeunload", ask);
      document.removeEventListener("click", askAtLink, { capture: true });
    };
  }, [endangered, question]);
  return { onCopied: () => setCopied(true), guard: () => endangered && !window.confirm(question) };
}
