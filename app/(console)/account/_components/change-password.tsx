"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { PasswordInput } from "@/components/ui/input";
import { changePasswordAction } from "../actions";

const SHORTEST = 12;

/** Changes one's own password, with the present one. Other sessions end. */
export function ChangePassword({ email }: { email: string }) {
  const router = useRouter();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const { run, pending, error, fieldErrors } = useAction(changePasswordAction, {
    success: "Password changed; your other sessions have ended",
    toastErrors: false,
    onSuccess: () => {
      setCurrent("");
      setNext("");
      router.refresh();
    },
  });
  const missing = !current
    ? "Give your present password first"
    : next.length < SHORTEST
      ? `The new one needs ${SHORTEST} characters or more`
      : null;
  return (
    <Card title="Password" description="Changing it signs you out everywhere else.">
      <form
        className="flex max-w-sm flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!missing && !pending) void run({ currentPassword: current, newPassword: next });
        }}
      >
        <ActionFailure error={error} />
        <input type="email" name="username" autoComplete="username" value={email} readOnly hidden />
        <Field label="Present password" required error={fieldErrors.currentPassword}>
          <PasswordInput
            autoComplete="current-password"
            maxLength={200}
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
          />
        </Field>
        <Field
          label="New password"
          required
          error={fieldErrors.newPassword}
          hint={`${SHORTEST} characters or more. Length is what counts.`}
        >
          <PasswordInput
            autoComplete="new-password"
            maxLength={200}
            value={next}
            onChange={(event) => setNext(event.target.value)}
          />
        </Field>
        <div>
          <Button type="submit" variant="primary" busy={pending} disabledReason={missing}>
            Change password
          </Button>
        </div>
      </form>
    </Card>
  );
}
