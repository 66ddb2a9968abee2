"use client";

import { useSyncExternalStore } from "react";

const nothing = () => () => undefined;

/** The secret in the address's fragment: null while the page is not in a browser yet, empty where there is none. */
export function useLink(): string | null {
  return useSyncExternalStore<string | null>(
    nothing,
    () => location.hash.slice(1),
    () => null,
  );
}
