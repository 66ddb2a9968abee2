"use client";

import { signOut } from "next-auth/react";
import { useAction } from "@/components/session/use-action";
import { CodeInput } from "@/components/second-factor/code-input";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { Field } from "@/components/ui/field";
import { completeSecondStepAction, giveSecondFactorAction } from "../actions";
import { FormFrame } from "./form-frame";

/** Asks for the code of the second factor: as the second step of a sign-in, or inside a session that lacks it. */
export function GiveCodeForm({
  step,
  email,
  returnTo,
}: {
  step: "sign-in" | "session";
  email: string;
  returnTo: string;
}) {
  const { run, pending, error, fieldErrors } = useAction(
    step === "sign-in" ? completeSecondStepAction : giveSecondFactorAction,
    { toastErrors: false, onSuccess: () => location.assign(returnTo) },
  );
  const again = `/sign-in?returnTo=${encodeURIComponent(returnTo)}`;
  if (error?.code === "link_expired")
    return (
      <FormFrame
        title="Start again"
        description={error.detail}
        action={
          <ButtonLink href={again} variant="primary" size="lg">
            Sign in
          </ButtonLink>
        }
      />
    );
  return (
    <FormFrame
      title="Your second factor"
      description={`You are signing in as ${email}.`}
      error={error && error.fields.length === 0 ? error : null}
    >
      <form
        method="post"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const code = String(new FormData(event.currentTarget).get("code") ?? "");
          if (!pending) void run({ code });
        }}
      >
        <Field
          label="Code"
          hint="The six digits of your authenticator app, or one of your recovery codes."
          error={fieldErrors.code}
        >
          <CodeInput required autoFocus />
        </Field>
        <Button type="submit" variant="primary" size="lg" busy={pending}>
          Continue
        </Button>
      </form>
      <p className="text-meta text-ink-2 text-center text-balance">
        Lost both? An admin can take your second factor off.
      </p>
      {step === "session" ? (
        <Button variant="ghost" onClick={() => void signOut({ callbackUrl: "/signed-out" })}>
          Sign out
        </Button>
      ) : (
        <ButtonLink variant="ghost" href={again}>
          Sign in as somebody else
        </ButtonLink>
      )}
    </FormFrame>
  );
}
