"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { FormDialog } from "@/components/ui/form-dialog";
import { FieldSet } from "@/components/ui/field";
import { RadioGroup } from "@/components/ui/radio-group";
import { Switch } from "@/components/ui/switch";
import { SpanField } from "@/components/ui/span-field";
import { fromSpanDraft, toSpanDraft } from "@/components/ui/span";
import type { ServerDto } from "@/lib/server/schema";
import { updateServerAction } from "../actions";

/** The button that changes what OAuth access tokens for a server are like, and its dialog. */
export function EditOAuthTokens({ server }: { server: ServerDto }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)} aria-label="Change the OAuth access tokens">
        Change
      </Button>
      {open ? <TokensDialog server={server} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function TokensDialog({ server, onClose }: { server: ServerDto; onClose: () => void }) {
  const router = useRouter();
  const [format, setFormat] = useState(server.accessTokenFormat);
  const [lifetime, setLifetime] = useState(() => toSpanDraft(server.accessTokenSeconds));
  const [requireDpop, setRequireDpop] = useState(server.requireDpop);
  const { run, pending, error, fieldErrors } = useAction(updateServerAction, {
    success: "Saved",
    toastErrors: false,
    onSuccess: () => {
      onClose();
      router.refresh();
    },
  });
  const accessTokenSeconds = fromSpanDraft(lifetime);
  return (
    <FormDialog
      title="OAuth access tokens"
      description={`What agents get for ${server.name} from now on. Tokens that they have live out their time.`}
      submitLabel="Save"
      busy={pending}
      missing={accessTokenSeconds === null ? "Say how long they last first" : null}
      noValidate
      onSubmit={() => {
        if (accessTokenSeconds === null) return;
        void run({ serverId: server.id, accessTokenFormat: format, accessTokenSeconds, requireDpop });
      }}
      onClose={onClose}
    >
      <ActionFailure error={error} />
      <FieldSet legend="Format">
        <RadioGroup
          aria-label="Format"
          value={format}
          onValueChange={(next) => setFormat(next as ServerDto["accessTokenFormat"])}
          options={[
            {
              value: "jwt",
              label: "JWT",
              description: "Signed (RFC 9068). The server can read who and what before it asks Gatehouse.",
            },
            { value: "opaque", label: "Opaque", description: "Tells nothing to whoever finds one." },
          ]}
        />
      </FieldSet>
      <SpanField
        label="Lifetime"
        required
        hint="A minute to 24 hours. Ending an agent's access is in force at once, however long this is."
        value={lifetime}
        onChange={setLifetime}
        error={fieldErrors.accessTokenSeconds}
      />
      <Switch
        label="Only bound to the agent's key"
        description="DPoP: a stolen token is worthless without that key. Agents that cannot do it are refused."
        checked={requireDpop}
        onCheckedChange={setRequireDpop}
      />
    </FormDialog>
  );
}
