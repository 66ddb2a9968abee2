"use client";

import { useRef } from "react";

/** What had the focus last, menus aside: an item is gone when what it opened closes, the menu's button is not. */
let lastFocused: HTMLElement | null = null;
/** Says where the focus is to come back to. A menu does for its button, which may have had it before anybody listened. */
export function noteFocus(target: EventTarget | null): void {
  if (target instanceof HTMLElement && target !== document.body && !target.closest("[role=menu]")) lastFocused = target;
}
if (typeof document !== "undefined") {
  noteFocus(document.activeElement); // who is quick has gone somewhere before this script ran
  document.addEventListener("focusin", ({ target }) => noteFocus(target));
}

/**
 * Gives the focus back to where it was before a dialog opened. Radix returns it to a dialog's own trigger alone; one that
 * is opened by state would leave it nowhere, and who works with the keyboard at the top of the page.
 */
export function useReturnFocus(): { onOpenAutoFocus: () => void; onCloseAutoFocus: (event: Event) => void } {
  const opener = useRef<HTMLElement | null>(null);
  return {
    onOpenAutoFocus: () => {
      opener.current = lastFocused;
    },
    onCloseAutoFocus: (event) => {
      if (!opener.current?.isConnected) return;
      event.preventDefault();
      opener.current.focus();
    },
  };
}
