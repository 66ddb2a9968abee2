"use client";

import { useState } from "react";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { Field } from "@/components/ui/field";
import { PasswordInput } from "@/components/ui/input";
import { completeResetAction } from "../actions";
import { FormFrame } from "./form-frame";
import { useLink } from "./use-link";

export function ResetForm() {
  const link = useLink();
  const [done, setDone] = useState(false);
  const { run, pending, error, fieldErrors } = useAction(completeResetAction, {
    toastErrors: false,
    onSuccess: () => setDone(true),
  });
  if (link === "") return <FormFrame title="This link is not complete" description="Open the whole link again." />;
  if (done)
    return (
      <FormFrame
        title="The password is changed"
        description="Every session was ended. Sign in with the new password."
        action={
          <ButtonLink href="/sign-in" variant="primary" size="lg">
            Sign in
          </ButtonLink>
        }
      />
    );
  return (
    <FormFrame
      title="Choose a new password"
      description="Every open session of yours ends."
      error={error && error.fields.length === 0 ? error : null}
    >
      <form
        method="post"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const password = String(new FormData(event.currentTarget).get("password") ?? "");
          void run({ link: link ?? "", password });
        }}
      >
        <Field label="New password" hint="At least 12 characters." error={fieldErrors.password}>
          <PasswordInput name="password" autoComplete="new-password" required autoFocus />
        </Field>
        <Button type="submit" variant="primary" size="lg" busy={pending}>
          Set password
        </Button>
      </form>
    </FormFrame>
  );
}
