"use client";

import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input, PasswordInput } from "@/components/ui/input";
import { firstRunAction } from "../actions";
import { FormFrame } from "./form-frame";
import { useLink } from "./use-link";

export function FirstRunForm() {
  const link = useLink();
  const { run, pending, error, fieldErrors } = useAction(firstRunAction, {
    toastErrors: false,
    onSuccess: () => location.assign("/"),
  });
  if (link === "")
    return (
      <FormFrame
        title="This link is not complete"
        description="Open the whole link that was printed in the terminal, with the part after #."
      />
    );
  return (
    <FormFrame
      title="Create the first owner"
      description="Owners may do everything, and invite the others."
      error={error && (error.fields.length === 0 || fieldErrors.link) ? error : null}
    >
      <form
        method="post"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const data = new FormData(event.currentTarget);
          const text = (name: string) => String(data.get(name) ?? "");
          void run({ link: link ?? "", name: text("name"), email: text("email"), password: text("password") });
        }}
      >
        <Field label="Name" error={fieldErrors.name}>
          <Input name="name" autoComplete="name" required autoFocus />
        </Field>
        <Field label="E-mail address" error={fieldErrors.email}>
          <Input name="email" type="email" autoComplete="username" required />
        </Field>
        <Field label="Password" hint="At least 12 characters." error={fieldErrors.password}>
          <PasswordInput name="password" autoComplete="new-password" required />
        </Field>
        <Button type="submit" variant="primary" size="lg" busy={pending}>
          Create owner
        </Button>
      </form>
    </FormFrame>
  );
}
