"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { isGiven, type ApprovalStand, type ConsentRequest } from "@/lib/oauth/schema";
import { askApprovalAction } from "../actions";

/** What the admins must agree to before the person may give it; asks them, or tells how that stands. Nothing where nothing must be. */
export function AskAdmins({ request }: { request: ConsentRequest }) {
  const router = useRouter();
  const [reason, setReason] = useState("");
  const { run, pending, error, fieldErrors } = useAction(askApprovalAction, {
    toastErrors: false,
    onSuccess: () => router.refresh(),
  });
  const scopes = request.scopes.filter(({ held, approval }) => held && !isGiven(approval));
  const stands: ApprovalStand[] = [request.client.approval, ...scopes.map(({ approval }) => approval)];
  const open = stands.filter((stand) => !isGiven(stand));
  if (open.length === 0) return null;
  const what = isGiven(request.client.approval) ? scopes.map(({ name }) => name).join(", ") : "this app";
  if (open.includes("pending"))
    return (
      <Callout title="The admins have been asked">
        {`Open this connection again once they have agreed to ${what}.`}
      </Callout>
    );
  return (
    <Callout
      tone="expiring"
      title={open.includes("refused") ? `An admin has refused ${what}` : `An admin must agree to ${what} first`}
    >
      <form
        className="mt-2 flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (!pending && reason.trim()) void run({ uid: request.uid, reason });
        }}
      >
        <ActionFailure error={error} />
        <Field label="What do you need it for?" error={fieldErrors.reason}>
          <Input value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
        </Field>
        <div>
          <Button type="submit" busy={pending} disabledReason={reason.trim() ? null : "Say what you need it for first"}>
            Ask the admins
          </Button>
        </div>
      </form>
    </Callout>
  );
}
