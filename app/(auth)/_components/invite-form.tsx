"use client";

import { useEffect, useState } from "react";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input, PasswordInput } from "@/components/ui/input";
import type { ActionError } from "@/lib/http/action-result";
import { acceptInvitationAction, readInvitationAction } from "../actions";
import { FormFrame } from "./form-frame";
import { useLink } from "./use-link";

type Guest = { name: string; email: string };

const BROKEN = { title: "This link does not work", detail: "Part of it is missing." };

/** Asks whom the link is for; the secret goes in the body, never in an address. */
function useGuest(link: string | null): { guest: Guest | null; refused: { title: string; detail: string } | null } {
  const [guest, setGuest] = useState<Guest | null>(null);
  const [refused, setRefused] = useState<ActionError | null>(null);
  useEffect(() => {
    if (!link) return;
    void readInvitationAction({ link }).then((result) => {
      if (result.ok) setGuest(result.data);
      else setRefused(result.error);
    });
  }, [link]);
  return { guest, refused: link === "" ? BROKEN : refused };
}

export function InviteForm() {
  const link = useLink();
  const { guest, refused } = useGuest(link);
  const { run, pending, error, fieldErrors } = useAction(acceptInvitationAction, {
    toastErrors: false,
    onSuccess: () => location.assign("/"),
  });
  if (refused) return <FormFrame title={refused.title} description={`${refused.detail} Ask for a new invitation.`} />;
  if (!guest) return <FormFrame title="Your invitation" description="Looking it up…" />;
  return (
    <FormFrame
      title="Welcome to Gatehouse"
      description="Choose how you are called, and a password."
      error={error && error.fields.length === 0 ? error : null}
    >
      <form
        method="post"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const data = new FormData(event.currentTarget);
          void run({
            link: link ?? "",
            name: String(data.get("name") ?? ""),
            password: String(data.get("password") ?? ""),
          });
        }}
      >
        <Field label="E-mail address">
          <Input name="email" type="email" autoComplete="username" value={guest.email} readOnly />
        </Field>
        <Field label="Name" error={fieldErrors.name}>
          <Input name="name" autoComplete="name" defaultValue={guest.name} required />
        </Field>
        <Field label="Password" hint="At least 12 characters." error={fieldErrors.password}>
          <PasswordInput name="password" autoComplete="new-password" required />
        </Field>
        <Button type="submit" variant="primary" size="lg" busy={pending}>
          Accept invitation
        </Button>
      </form>
    </FormFrame>
  );
}
