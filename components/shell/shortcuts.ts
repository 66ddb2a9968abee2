"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import type { Permission } from "@/lib/authz/permissions";
import { createFor, isPermitted, NAVIGATION } from "./navigation";

/** How long `g` waits for its letter. */
const CHORD_MS = 1200;

/** True where a key is text, or where something modal is open and owns the keyboard. */
function isTaken(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  if (target?.closest("input, textarea, select, [contenteditable='true'], [role='menu'], [role='listbox']"))
    return true;
  return document.querySelector("[role='dialog'], [role='alertdialog']") !== null;
}

/** The console's keys: ⌘K, `g` + letter, `c`, `/`, `?`. Single letters act only where nothing is being typed. */
export function useShortcuts({
  permissions,
  openCommands,
  openHelp,
}: {
  permissions: readonly Permission[];
  openCommands: () => void;
  openHelp: () => void;
}): void {
  const router = useRouter();
  const chordUntil = useRef(0);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey) && !event.altKey && !event.shiftKey) {
        event.preventDefault();
        openCommands();
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented || isTaken(event)) return;
      if (Date.now() < chordUntil.current) {
        chordUntil.current = 0;
        const item = NAVIGATION.find((each) => each.key === event.key && isPermitted(each, permissions));
        if (item) {
          event.preventDefault();
          router.push(item.href);
        }
        return;
      }
      if (event.key === "g") chordUntil.current = Date.now() + CHORD_MS;
      else if (event.key === "?") openHelp();
      else if (event.key === "c") {
        const item = createFor(window.location.pathname);
        if (item && isPermitted(item, permissions)) router.push(item.href);
      } else if (event.key === "/") {
        const search = document.querySelector<HTMLInputElement>("[data-search]");
        if (search) search.focus();
        else openCommands();
      } else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [router, permissions, openCommands, openHelp]);
}
