"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { Dialog } from "@/components/ui/dialog";
import { FormDialog } from "@/components/ui/form-dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useCopiedGuard } from "@/components/ui/use-copied-guard";
import type { IssuedKeyDto } from "@/lib/key/schema";
import type { ServerDto } from "@/lib/server/schema";
import { issueKeyAction } from "../actions";
import { KeySecret } from "./key-secret";
import { tabHref } from "./server-tabs";

/** The button that issues a key, and its dialog. */
export function IssueKey({
  server,
  initiallyOpen,
  gatehouseUrl,
}: {
  server: ServerDto;
  initiallyOpen: boolean;
  gatehouseUrl: string;
}) {
  const router = useRouter();
  const [open, setOpen] = useState(initiallyOpen);
  const close = (issued: boolean) => {
    setOpen(false);
    if (initiallyOpen) router.replace(tabHref(server.id, "keys"), { scroll: false });
    else if (issued) router.refresh();
  };
  return (
    <>
      <Button variant="primary" onClick={() => setOpen(true)}>
        <Plus aria-hidden />
        Issue a key
      </Button>
      {open ? <IssueDialog server={server} gatehouseUrl={gatehouseUrl} onClose={close} /> : null}
    </>
  );
}

function IssueDialog({
  server,
  gatehouseUrl,
  onClose,
}: {
  server: ServerDto;
  gatehouseUrl: string;
  onClose: (issued: boolean) => void;
}) {
  const [name, setName] = useState("");
  const [expires, setExpires] = useState("");
  const [issued, setIssued] = useState<IssuedKeyDto | null>(null);
  const { onCopied, guard } = useCopiedGuard("key", issued !== null);
  const { run, pending, fieldErrors } = useAction(issueKeyAction, { onSuccess: setIssued });
  if (issued)
    return (
      <Dialog
        open
        width={640}
        onOpenChange={(open) => (open ? undefined : onClose(true))}
        guard={guard}
        title={`${issued.name} is issued`}
        description="It works from now on."
        footer={
          <>
            <Button onClick={() => (guard() ? undefined : onClose(true))}>Done</Button>
            <ButtonLink variant="primary" href={tabHref(server.id, "connect")}>
              Connect the server
            </ButtonLink>
          </>
        }
      >
        <KeySecret secret={issued.key} masked={issued.masked} gatehouseUrl={gatehouseUrl} onCopied={onCopied} />
      </Dialog>
    );
  return (
    <FormDialog
      title={`Issue a key for ${server.name}`}
      description="Its secret is shown once, in the next step."
      submitLabel="Issue key"
      busy={pending}
      missing={name.trim() ? null : "Give it a name first"}
      onSubmit={() => {
        const expiresAt = expires ? new Date(expires).toISOString() : undefined;
        void run({ serverId: server.id, name, expiresAt });
      }}
      onClose={() => onClose(false)}
    >
      <Field label="Name" required hint="Where it is used: production, eu-west." error={fieldErrors.name}>
        <Input
          data-autofocus
          value={name}
          maxLength={200}
          autoComplete="off"
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <Field
        label="Expires"
        optional
        hint="Your clock. Without one it works until you revoke it."
        error={fieldErrors.expiresAt}
      >
        <Input
          type="datetime-local"
          className="max-w-60"
          value={expires}
          onChange={(event) => setExpires(event.target.value)}
        />
      </Field>
    </FormDialog>
  );
}
