"use client";

/**
 * Tells the libraries that insert style sheets (radix's scroll lock, its select) the nonce that this document's policy
 * asks for. `__webpack_nonce__` is the name by which they agreed to find it. Read from the document, once: a page that
 * is loaded later, in the same document, comes with another nonce that its policy does not know.
 */
const shared = globalThis as { __webpack_nonce__?: string };

/** The nonce of this document; undefined on the server. */
export function styleNonce(): string | undefined {
  if (typeof document === "undefined") return undefined;
  return (shared.__webpack_nonce__ ??= document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce);
}

/** Once, in the root layout, so that the nonce is known before anything opens. */
export function StyleNonce(): null {
  styleNonce();
  return null;
}
