"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { FormDialog } from "@/components/ui/form-dialog";
import { fromSpanDraft, toSpanDraft } from "@/components/ui/span";
import { SpanField } from "@/components/ui/span-field";
import type { OauthClientDto } from "@/lib/oauth/client-schema";
import { setIdleTimeoutAction } from "../actions";

type Subject = { id: string; name: string };

/** For how long a client that introduced itself may rest: all of it that an admin says. */
export function SetIdleTimeout({ agent, client }: { agent: Subject; client: OauthClientDto }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        Limit rest
      </Button>
      {open ? <IdleDialog agent={agent} client={client} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function IdleDialog({ agent, client, onClose }: { agent: Subject; client: OauthClientDto; onClose: () => void }) {
  const router = useRouter();
  const [idle, setIdle] = useState(() => toSpanDraft(client.idleTimeoutSeconds));
  const { run, pending, error, fieldErrors } = useAction(setIdleTimeoutAction, {
    success: "Saved",
    toastErrors: false,
    onSuccess: () => {
      onClose();
      router.refresh();
    },
  });
  return (
    <FormDialog
      title={`How long ${agent.name} may rest`}
      description="It introduced itself, and is as it says; for how long it may rest is yours to say."
      submitLabel="Save"
      busy={pending}
      noValidate
      onSubmit={() => void run({ agentId: agent.id, idleTimeoutSeconds: fromSpanDraft(idle) })}
      onClose={onClose}
    >
      <ActionFailure error={error} />
      <SpanField
        label="Ends when idle for"
        optional
        placeholder="as the settings say"
        hint="Access that a person gave ends where it makes no allowed call for so long, from now on. 5 minutes at least."
        value={idle}
        onChange={setIdle}
        error={fieldErrors.idleTimeoutSeconds}
      />
    </FormDialog>
  );
}
