"use client";

import { signOut } from "next-auth/react";
import { useEffect, useState } from "react";
import { EnrolApp } from "@/components/second-factor/enrol-app";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { confirmEnrolmentAction, startEnrolmentAction } from "../actions";
import { FormFrame } from "./form-frame";

/** Whether the session must get a second factor, may, or has one. */
export type Need = "required" | "asked" | "met";

/** Sets up a second factor before going on: because the policy asks for one, or an agent's request does. */
export function SetUpForm({ need, email, returnTo }: { need: Need; email: string; returnTo: string }) {
  // What was so when the page was opened: it is drawn anew once the app is confirmed, and the recovery codes must stay in sight.
  const [atFirst] = useState(need);
  useEffect(() => {
    if (atFirst === "met") location.replace(returnTo);
  }, [atFirst, returnTo]);
  if (atFirst === "met") return <FormFrame title="Second factor" description="Going on…" />;
  const required = atFirst === "required";
  return (
    <FormFrame
      title="Set up a second factor"
      description={
        required
          ? `Gatehouse asks ${email} for more than a password. Have an authenticator app at hand.`
          : "Have an authenticator app at hand. From then on you sign in with a code of it as well."
      }
    >
      <EnrolApp
        actions={{ start: startEnrolmentAction, confirm: confirmEnrolmentAction }}
        startLabel="Set up an authenticator app"
        doneLabel="Continue"
        onDone={() => location.assign(returnTo)}
      />
      {need === "met" ? null : required ? (
        <Button variant="ghost" onClick={() => void signOut({ callbackUrl: "/signed-out" })}>
          Sign out
        </Button>
      ) : (
        <ButtonLink variant="ghost" href={returnTo}>
          Not now
        </ButtonLink>
      )}
    </FormFrame>
  );
}
