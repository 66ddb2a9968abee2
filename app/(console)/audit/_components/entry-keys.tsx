"use client";

import { useEffect } from "react";

/** `j` and `k` walk through the rows; with an entry open they open the next one. Enter opens, Escape closes. Draws nothing. */
export function EntryKeys() {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const step = event.key === "j" ? 1 : event.key === "k" ? -1 : 0;
      const typing = (event.target as HTMLElement | null)?.closest("input, textarea, select");
      if (step === 0 || typing || event.metaKey || event.ctrlKey || event.altKey) return;
      const links = [...document.querySelectorAll<HTMLAnchorElement>("[data-entry-link]")];
      const open = links.findIndex((link) => link.getAttribute("aria-current") === "true");
      const focused = links.findIndex((link) => link === document.activeElement);
      const from = open >= 0 ? open : focused;
      const next = links[Math.min(links.length - 1, Math.max(0, from + step))];
      if (!next) return;
      event.preventDefault();
      if (open >= 0) next.click();
      else next.focus();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return null;
}
