"use client";

import { useEffect, useSyncExternalStore } from "react";

/** The secret that this page was opened with; null until it was looked for. It lives in memory alone. */
let secret: string | null = null;

function read(): string {
  // A link that is pasted over the page's own address changes the fragment without loading the page again.
  if (location.hash.length > 1) secret = location.hash.slice(1);
  return (secret ??= "");
}

function subscribe(changed: () => void): () => void {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
}

/**
 * The secret in the address's fragment: null while the page is not in a browser yet, empty where there is none. Takes it
 * out of the address at once, so that it is neither read over a shoulder nor kept in the browser's history.
 */
export function useLink(): string | null {
  const link = useSyncExternalStore<string | null>(subscribe, read, () => null);
  useEffect(() => {
    if (link && location.hash.length > 1) history.replaceState(history.state, "", location.pathname + location.search);
  }, [link]);
  return link;
}
