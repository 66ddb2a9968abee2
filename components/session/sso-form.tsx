"use client";

import { useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { fetchCsrfToken } from "./csrf";

/** Where next-auth sends the browser to, or null. */
async function providerAddress(fresh: boolean, callbackUrl: string): Promise<string | null> {
  const csrfToken = await fetchCsrfToken();
  if (csrfToken === null) return null;
  try {
    const response = await fetch(`/api/auth/signin/oidc${fresh ? "?prompt=login&max_age=0" : ""}`, {
      method: "POST",
      body: new URLSearchParams({ csrfToken, callbackUrl, json: "true" }),
    });
    const { url } = (await response.json()) as { url?: unknown };
    return typeof url === "string" ? url : null;
  } catch {
    return null;
  }
}

/**
 * Goes to the OpenID provider. `fresh` asks it to have the person prove who they are again (OpenID Connect Core
 * §3.1.2.1: `prompt`, `max_age`).
 */
export function SsoForm({
  returnTo = "/",
  fresh = false,
  children,
}: {
  returnTo?: string;
  fresh?: boolean;
  children: ReactNode;
}) {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const go = async () => {
    setBusy(true);
    setFailed(false);
    const address = await providerAddress(fresh, returnTo);
    if (address) return location.assign(address);
    setBusy(false);
    setFailed(true);
  };
  return (
    <div className="flex flex-col gap-2">
      <Button size="lg" className="w-full" busy={busy} onClick={() => void go()}>
        {children}
      </Button>
      {failed ? (
        <p role="alert" className="text-meta text-deny">
          The sign-in provider did not answer. Try again.
        </p>
      ) : null}
    </div>
  );
}
