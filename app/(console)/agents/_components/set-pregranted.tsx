"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { AccessBadge } from "@/components/scope/access-badge";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { CheckboxField } from "@/components/ui/checkbox";
import { FormDialog } from "@/components/ui/form-dialog";
import { Field, FieldSet } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { OauthClientDto } from "@/lib/oauth/client-schema";
import type { Access } from "@/lib/server/schema";
import { setPregrantedAction } from "../actions";

/** A server whose scopes may be added to what a client asks. */
export type PregrantServer = { id: string; name: string; scopes: readonly { name: string; access: Access }[] };
type Props = { agent: { id: string; name: string }; client: OauthClientDto; servers: readonly PregrantServer[] };

/** Adds scopes to whatever a client asks of a server, or takes them back. */
export function SetPregranted(props: Props) {
  const [open, setOpen] = useState(false);
  if (props.servers.length === 0) return null;
  return (
    <>
      <Button
        size="sm"
        onClick={() => setOpen(true)}
        aria-label={`Change what is added to what ${props.agent.name} asks`}
      >
        Change
      </Button>
      {open ? <PregrantDialog {...props} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

const givenOn = (client: OauthClientDto, serverId: string): readonly string[] =>
  client.pregranted.find(({ server }) => server.id === serverId)?.scopes ?? [];

function PregrantDialog({ agent, client, servers, onClose }: Props & { onClose: () => void }) {
  const router = useRouter();
  const [serverId, setServerId] = useState(client.pregranted[0]?.server.id ?? servers[0]?.id ?? "");
  const [given, setGiven] = useState(() => givenOn(client, serverId));
  const server = servers.find(({ id }) => id === serverId);
  const { run, pending, error, fieldErrors } = useAction(setPregrantedAction, {
    success: "Saved",
    toastErrors: false,
    onSuccess: () => {
      onClose();
      router.refresh();
    },
  });
  return (
    <FormDialog
      title={`What is added to what ${agent.name} asks`}
      description="For a client that cannot ask for more later. People see it when they let it in, and give no more than their roles do. What you take back is gone at once, for everybody."
      submitLabel="Save"
      busy={pending}
      onSubmit={() => {
        if (server) void run({ agentId: agent.id, serverId, scopes: [...given] });
      }}
      onClose={onClose}
    >
      <ActionFailure error={error} />
      <Field label="Server">
        <Select
          options={servers.map(({ id, name }) => ({ value: id, label: name }))}
          value={serverId}
          onValueChange={(id) => {
            setServerId(id);
            setGiven(givenOn(client, id));
          }}
        />
      </Field>
      <FieldSet legend="Always asked for as well" error={fieldErrors.scopes}>
        <div className="flex flex-col gap-3">
          {(server?.scopes ?? []).map(({ name, access }) => (
            <span key={name} className="flex items-center gap-2">
              <CheckboxField
                label={name}
                checked={given.includes(name)}
                onCheckedChange={(on) => setGiven(on === true ? [...given, name] : given.filter((one) => one !== name))}
              />
              <AccessBadge access={access} />
            </span>
          ))}
        </div>
      </FieldSet>
    </FormDialog>
  );
}
