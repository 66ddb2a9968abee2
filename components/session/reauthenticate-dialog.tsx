"use client";

import { useState, useSyncExternalStore, type SyntheticEvent } from "react";
import { CodeInput } from "@/components/second-factor/code-input";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { PasswordInput } from "@/components/ui/input";
import type { Action, ActionError } from "@/lib/http/action-result";
import { reauthenticationStore as store, settleReauthentication } from "./reauthentication";
import { SsoForm } from "./sso-form";

/**
 * Asks who is there before a dangerous act, whenever `useAction` needs it. Mounted once, in the root layout. `ssoName` is
 * the provider's name where single sign-on is configured.
 */
export function ReauthenticateDialog({ action, ssoName }: { action: ReauthenticateAction; ssoName: string | null }) {
  const open = useSyncExternalStore(store.subscribe, store.isOpen, store.isOpenOnServer);
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next) settleReauthentication(false);
      }}
      width={400}
      title="Confirm that it is you"
      description="This act needs a recent proof of who you are."
    >
      <PasswordForm action={action} />
      {ssoName ? (
        <div className="border-hairline mt-4 border-t pt-4">
          <SsoForm fresh returnTo={typeof window === "undefined" ? "/" : location.pathname + location.search}>
            Confirm with {ssoName}
          </SsoForm>
          <p className="text-meta text-ink-2 mt-2">You come back to this page, and start the act again.</p>
        </div>
      ) : null}
    </Dialog>
  );
}

type ReauthenticateAction = Action<{ password: string; code?: string }, unknown>;

function PasswordForm({ action }: { action: ReauthenticateAction }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ActionError | null>(null);
  const [asksCode, setAsksCode] = useState(false);
  const submit = async (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const data = new FormData(event.currentTarget);
    const password = String(data.get("password") ?? "");
    const code = asksCode ? String(data.get("code") ?? "").trim() : "";
    setBusy(true);
    setError(null);
    const result = await action({ password, code: code || undefined }).catch(() => null);
    setBusy(false);
    if (result?.ok) return settleReauthentication(true);
    // The password was right: what is missing is no fault yet.
    if (result?.error.code === "second_factor_required" && !asksCode) return setAsksCode(true);
    setError(result?.error ?? null);
  };
  const faultOf = (path: string) => error?.fields.find((field) => field.path === path)?.message;
  const fieldError = faultOf("password") ?? faultOf("code");
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      {error && !fieldError ? (
        <Callout tone="deny" alert title={error.title}>
          {error.detail === error.title ? null : error.detail}
        </Callout>
      ) : null}
      <Field label="Password" error={faultOf("password")} required>
        <PasswordInput name="password" autoComplete="current-password" data-autofocus />
      </Field>
      {asksCode ? (
        <Field label="Code" hint="Of your authenticator app, or a recovery code." error={faultOf("code")} required>
          <CodeInput autoFocus />
        </Field>
      ) : null}
      <div className="flex justify-end gap-2">
        <Button onClick={() => settleReauthentication(false)}>Cancel</Button>
        <Button type="submit" variant="primary" busy={busy}>
          Confirm
        </Button>
      </div>
    </form>
  );
}
