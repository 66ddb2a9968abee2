"use client";

import { useEffect, useState } from "react";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { Field } from "@/components/ui/field";
import { Input, PasswordInput } from "@/components/ui/input";
import type { ActionError } from "@/lib/http/action-result";
import { acceptInvitationAction, readInvitationAction } from "../actions";
import { FormFrame } from "./form-frame";
import { useLink } from "./use-link";

type Guest = { name: string; email: string };

type Refused = { title: string; detail: string };

const NEW_ONE = "Ask whoever invited you for a new one.";
const BROKEN: Refused = { title: "This link does not work", detail: `Part of it is missing. ${NEW_ONE}` };
const UNREACHABLE: Refused = { title: "Gatehouse did not answer", detail: "Load this page again in a moment." };

/** What a refused look-up means to the guest. */
function tell({ code, title, detail }: ActionError): Refused {
  if (code === "link_expired") return { title: "This invitation is over", detail: `${detail} ${NEW_ONE}` };
  return code === "link_not_found" ? { title, detail: `${detail} ${NEW_ONE}` } : { title, detail };
}

/** Asks whom the link is for; the secret goes in the body, never in an address. */
function useGuest(link: string | null): { guest: Guest | null; refused: Refused | null } {
  const [guest, setGuest] = useState<Guest | null>(null);
  const [refused, setRefused] = useState<Refused | null>(null);
  useEffect(() => {
    if (!link) return;
    readInvitationAction({ link })
      .then((result) => {
        if (result.ok) setGuest(result.data);
        else setRefused(tell(result.error));
      })
      .catch(() => setRefused(UNREACHABLE));
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
  if (refused)
    return (
      <FormFrame
        title={refused.title}
        description={refused.detail}
        action={
          <ButtonLink href="/sign-in" size="lg">
            Go to sign-in
          </ButtonLink>
        }
      />
    );
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
