"use client";

import { useSyncExternalStore } from "react";
import { parseTheme, THEME_COOKIE, type Theme } from "./theme";

const YEAR_SECONDS = 31_536_000;
const CHANGED = "gatehouse:theme";

function subscribe(listener: () => void) {
  window.addEventListener(CHANGED, listener);
  return () => window.removeEventListener(CHANGED, listener);
}

/** The reader's theme, and how to change it: at once on the page, and in the cookie for the next one. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const theme = useSyncExternalStore(
    subscribe,
    () => parseTheme(document.documentElement.dataset.theme),
    () => "system" as const,
  );
  const change = (next: Theme) => {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${THEME_COOKIE}=${next}; path=/; max-age=${YEAR_SECONDS}; samesite=lax${secure}`;
    document.documentElement.dataset.theme = next;
    window.dispatchEvent(new Event(CHANGED));
  };
  return [theme, change];
}
