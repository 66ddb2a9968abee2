"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { FormDialog } from "@/components/ui/form-dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SecretField } from "@/components/ui/secret-field";
import { useCopiedGuard } from "@/components/ui/use-copied-guard";
import type { IssuedSecretDto } from "@/lib/oauth/client-schema";
import { issueSecretAction } from "../actions";

/** The button that issues a client secret, and its dialog. */
export function IssueSecret({ agent }: { agent: { id: string; name: string } }) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        Issue a secret
      </Button>
      {open ? (
        <IssueDialog
          agent={agent}
          onClose={(issued) => {
            setOpen(false);
            if (issued) router.refresh();
          }}
        />
      ) : null}
    </>
  );
}

function IssueDialog({ agent, onClose }: { agent: { id: string; name: string }; onClose: (issued: boolean) => void }) {
  const [expires, setExpires] = useState("");
  const [issued, setIssued] = useState<IssuedSecretDto | null>(null);
  const { onCopied, guard } = useCopiedGuard("secret", issued !== null);
  const { run, pending, error, fieldErrors } = useAction(issueSecretAction, {
    toastErrors: false,
    onSuccess: setIssued,
  });
  if (issued)
    return (
      <Dialog
        open
        width={640}
        onOpenChange={(open) => (open ? undefined : onClose(true))}
        guard={guard}
        title="The secret is issued"
        description={`${agent.name} proves with it who it is, from now on.`}
        footer={
          <Button variant="primary" onClick={() => (guard() ? undefined : onClose(true))}>
            Done
          </Button>
        }
      >
        <SecretField
          label="Client secret"
          value={issued.secret}
          masked={issued.masked}
          onCopied={onCopied}
          goneText="Shown once, and gone. Issue another one."
        />
      </Dialog>
    );
  return (
    <FormDialog
      title={`Issue a secret for ${agent.name}`}
      description="It is shown once, in the next step. Those that live go on working."
      submitLabel="Issue secret"
      busy={pending}
      onSubmit={() => void run({ agentId: agent.id, expiresAt: expires ? new Date(expires).toISOString() : undefined })}
      onClose={() => onClose(false)}
    >
      <ActionFailure error={error} />
      <Field
        label="Expires"
        optional
        hint="Your clock. Without one it works until you revoke it."
        error={fieldErrors.expiresAt}
      >
        <Input
          data-autofocus
          type="datetime-local"
          className="max-w-60"
          value={expires}
          onChange={(event) => setExpires(event.target.value)}
        />
      </Field>
    </FormDialog>
  );
}
