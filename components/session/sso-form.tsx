"use client";

import { useRef, useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { fetchCsrfToken } from "./csrf";

/**
 * Goes to the OpenID provider: a real form post, so that the browser follows. `fresh` asks the provider to have the
 * person prove who they are again (OpenID Connect Core §3.1.2.1: `prompt`, `max_age`).
 */
export function SsoForm({
  returnTo,
  fresh = false,
  children,
}: {
  returnTo?: string;
  fresh?: boolean;
  children: ReactNode;
}) {
  const form = useRef<HTMLFormElement>(null);
  const csrf = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    const value = await fetchCsrfToken();
    if (value === null || !csrf.current || !form.current) return setBusy(false);
    csrf.current.value = value;
    form.current.submit();
  };
  return (
    <form ref={form} method="post" action={`/api/auth/signin/oidc${fresh ? "?prompt=login&max_age=0" : ""}`}>
      <input ref={csrf} type="hidden" name="csrfToken" />
      <input type="hidden" name="callbackUrl" value={returnTo ?? "/"} />
      <Button size="lg" className="w-full" busy={busy} onClick={() => void go()}>
        {children}
      </Button>
    </form>
  );
}
