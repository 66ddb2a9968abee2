"use client";

import { useState, type SyntheticEvent } from "react";
import { fetchCsrfToken } from "@/components/session/csrf";
import { SsoForm } from "@/components/session/sso-form";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input, PasswordInput } from "@/components/ui/input";
import { FormFrame } from "./form-frame";

type Told = { title: string; detail?: string };

/** What the server's word means to a person. */
function tell(word: string): Told {
  const [code, seconds] = word.split(".");
  if (code === "too_many_attempts") {
    const minutes = Math.ceil(Number(seconds ?? 60) / 60);
    return { title: "Too many attempts", detail: `Try again in ${minutes <= 1 ? "a minute" : `${minutes} minutes`}.` };
  }
  if (code === "unauthenticated") return { title: "The e-mail address or the password is wrong." };
  if (code === "sso_refused" || code === "AccessDenied") return { title: "This account may not sign in here." };
  if (code === "unavailable") return { title: "Gatehouse cannot answer just now", detail: "Try again in a moment." };
  if (code === "OAuthCallback" || code === "OAuthSignin" || code === "Callback")
    return { title: "Single sign-on did not work", detail: "Start again from this page." };
  return { title: "Signing in did not work", detail: "Try again." };
}

/** Posts to next-auth; null where it worked, else the server's word. */
async function post(email: string, password: string): Promise<string | null> {
  const csrfToken = await fetchCsrfToken();
  if (csrfToken === null) return "unavailable";
  try {
    const response = await fetch("/api/auth/callback/credentials", {
      method: "POST",
      body: new URLSearchParams({ email, password, csrfToken, json: "true" }),
    });
    const { url, secondFactor } = (await response.json()) as { url?: string; secondFactor?: boolean };
    if (response.ok) return secondFactor ? "second_factor_required" : null;
    return (url && new URL(url, location.origin).searchParams.get("error")) || "internal";
  } catch {
    return "unavailable";
  }
}

export function SignInForm({
  returnTo,
  ssoName,
  initialError,
}: {
  returnTo: string;
  ssoName: string | null;
  initialError: string | null;
}) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Told | null>(initialError ? tell(initialError) : null);
  const submit = async (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const data = new FormData(event.currentTarget);
    setBusy(true);
    setError(null);
    const word = await post(String(data.get("email")), String(data.get("password")));
    if (word === null) return location.assign(returnTo);
    if (word === "second_factor_required")
      return location.assign(`/second-factor?returnTo=${encodeURIComponent(returnTo)}`);
    setBusy(false);
    setError(tell(word));
  };
  return (
    <FormFrame title="Sign in to Gatehouse" error={error}>
      {ssoName ? (
        <>
          <SsoForm returnTo={returnTo}>Continue with {ssoName}</SsoForm>
          <p className="text-meta text-ink-3 before:bg-hairline after:bg-hairline flex items-center gap-3 before:h-px before:flex-1 after:h-px after:flex-1">
            or
          </p>
        </>
      ) : null}
      <form method="post" onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <Field label="E-mail address">
          <Input name="email" type="email" autoComplete="username" required autoFocus />
        </Field>
        <Field label="Password">
          <PasswordInput name="password" autoComplete="current-password" required />
        </Field>
        <Button type="submit" variant="primary" size="lg" busy={busy}>
          Sign in
        </Button>
      </form>
      <p className="text-meta text-ink-2 text-center text-balance">
        Forgot the password? An owner can give you a link to set a new one.
      </p>
    </FormFrame>
  );
}
