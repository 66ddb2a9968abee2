"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";
import { RadioGroup } from "@/components/ui/radio-group";
import { decideApprovalAction } from "../actions";

const DAY_MS = 86_400_000;
const SPANS = [
  { value: "7", label: "7 days" },
  { value: "90", label: "90 days" },
  { value: "", label: "No end" },
];

function consequenceOf({ client, scopes, person }: { client: boolean; scopes: readonly string[]; person: string }) {
  const rights = `${person} may give it ${scopes.join(", ")}, for themself alone.`;
  return [
    client ? "Everybody here may connect it, each with what their own roles give, until this ends." : null,
    scopes.length > 0 ? rights : null,
    "Nothing is given before a person does.",
  ]
    .filter(Boolean)
    .join(" ");
}

/** Agrees to what a person asked, for a time or without an end, or refuses it; with a word for them either way. */
export function DecideApproval({
  approval,
}: {
  /** `client`: it is about letting the agent in; `scopes`: about these as well, or alone. */
  approval: { id: string; agent: string; person: string; client: boolean; scopes: readonly string[] };
}) {
  const router = useRouter();
  const [deciding, setDeciding] = useState<"approve" | "refuse" | null>(null);
  const [days, setDays] = useState("90");
  const { run, error } = useAction(decideApprovalAction, {
    success: ({ state }) => (state === "approved" ? "Agreed" : "Refused"),
    toastErrors: false,
    onSuccess: () => router.refresh(),
  });
  const approve = deciding === "approve";
  const expiresAt = () => (approve && days ? new Date(Date.now() + Number(days) * DAY_MS).toISOString() : undefined);
  return (
    <>
      <Button size="sm" onClick={() => setDeciding("refuse")}>
        Refuse
      </Button>
      <Button size="sm" variant="primary" onClick={() => setDeciding("approve")}>
        Agree
      </Button>
      {deciding ? (
        <ConfirmDialog
          open
          onOpenChange={(open) => (open ? undefined : setDeciding(null))}
          title={approve ? `Agree to ${approval.agent}?` : `Refuse ${approval.agent}?`}
          consequence={
            approve
              ? consequenceOf(approval)
              : `${approval.person} is told so when they open the request again, and may ask anew.`
          }
          confirmLabel={approve ? "Agree" : "Refuse"}
          tone={approve ? "primary" : "danger"}
          askReason
          onConfirm={async ({ reason }) =>
            (await run({ approvalId: approval.id, decision: deciding, note: reason, expiresAt: expiresAt() })).ok
          }
        >
          <ActionFailure error={error} />
          {approve ? (
            <Field label="For how long">
              <RadioGroup options={SPANS} value={days} onValueChange={setDays} look="segments" />
            </Field>
          ) : null}
        </ConfirmDialog>
      ) : null}
    </>
  );
}
