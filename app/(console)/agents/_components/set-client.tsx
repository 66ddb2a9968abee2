"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { CheckboxField } from "@/components/ui/checkbox";
import { FormDialog } from "@/components/ui/form-dialog";
import { Field, FieldSet } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { RadioGroup } from "@/components/ui/radio-group";
import { SpanField } from "@/components/ui/span-field";
import { Switch } from "@/components/ui/switch";
import type { AgentDto } from "@/lib/agent/schema";
import { AUTH_METHODS, EXTRA_GRANTS, type OauthClientDto } from "@/lib/oauth/client-schema";
import { setClientAction } from "../actions";
import { asksByDevice, readJwks, toClientDraft, toClientInput, whyNot, type ClientDraft } from "./client-draft";
import { authMethodWords, extraGrantWords } from "./client-words";

type Subject = Pick<AgentDto, "id" | "name" | "kind">;

/** The button that makes an agent an OAuth client, or changes what it is as one. */
export function SetClient({ agent, client }: { agent: Subject; client: OauthClientDto | null }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        {client ? "Change" : "Set up"}
      </Button>
      {open ? <ClientDialog agent={agent} client={client} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function ClientDialog({
  agent,
  client,
  onClose,
}: {
  agent: Subject;
  client: OauthClientDto | null;
  onClose: () => void;
}) {
  const router = useRouter();
  const [draft, setDraft] = useState(() => toClientDraft(agent.kind, client));
  const set = (part: Partial<ClientDraft>) => setDraft((before) => ({ ...before, ...part }));
  const { run, pending, error, fieldErrors } = useAction(setClientAction, {
    success: client ? "Saved" : `${agent.name} is an OAuth client`,
    toastErrors: false,
    onSuccess: () => {
      onClose();
      router.refresh();
    },
  });
  const errorOf = (field: string) => Object.entries(fieldErrors).find(([path]) => path.split(".")[0] === field)?.[1];
  return (
    <FormDialog
      title={client ? "Change the OAuth client" : `Make ${agent.name} an OAuth client`}
      description={
        agent.kind === "machine"
          ? "It gets short-lived tokens by itself, under its own roles."
          : "It asks people in their browser to let it act for them."
      }
      submitLabel="Save"
      busy={pending}
      missing={missingIn(draft)}
      noValidate
      onSubmit={() => void run({ agentId: agent.id, ...toClientInput(draft) })}
      onClose={onClose}
    >
      <ActionFailure error={error} />
      {agent.kind === "interactive" ? (
        <Field
          label="Redirect addresses"
          required={!asksByDevice(draft)}
          optional={asksByDevice(draft)}
          hint="One per line: https, http on loopback (any port), or an app's own scheme."
          error={errorOf("redirectUris")}
        >
          <Textarea
            data-autofocus
            mono
            rows={3}
            spellCheck={false}
            value={draft.redirectUris}
            onChange={(event) => set({ redirectUris: event.target.value })}
            placeholder="https://app.example.com/callback"
          />
        </Field>
      ) : null}
      <FieldSet legend="How it proves who it is" error={errorOf("authMethod")}>
        <RadioGroup
          aria-label="How it proves who it is"
          value={draft.authMethod}
          onValueChange={(next) => set({ authMethod: next as ClientDraft["authMethod"] })}
          options={AUTH_METHODS.filter((method) => agent.kind === "interactive" || method !== "none").map((method) => ({
            value: method,
            ...authMethodWords(method),
          }))}
        />
      </FieldSet>
      {draft.authMethod === "private_key_jwt" ? (
        <KeyFields draft={draft} set={set} error={errorOf("jwksUri") ?? errorOf("jwks")} />
      ) : null}
      {agent.kind === "interactive" ? (
        <SpanField
          label="Ends when idle for"
          optional
          placeholder="as the settings say"
          hint="Access that a person gave ends where it makes no allowed call for so long. 5 minutes at least."
          value={draft.idle}
          onChange={(idle) => set({ idle })}
          error={errorOf("idleTimeoutSeconds")}
        />
      ) : null}
      <Switch
        label="Only tokens bound to its key"
        description="DPoP: a token that is stolen from it is worthless without that key. It must support it."
        checked={draft.requireDpop}
        onCheckedChange={(requireDpop) => set({ requireDpop })}
      />
      <ExtraGrantFields draft={draft} set={set} error={errorOf("extraGrants")} />
    </FormDialog>
  );
}

/** The ways to tokens that no agent has by itself. A machine is not offered what it can never have. */
function ExtraGrantFields({
  draft,
  set,
  error,
}: {
  draft: ClientDraft;
  set: (part: Partial<ClientDraft>) => void;
  error: string | undefined;
}) {
  const { extraGrants } = draft;
  const offered = EXTRA_GRANTS.filter((grant) => grant !== "device_code" || draft.kind === "interactive");
  return (
    <FieldSet legend="What else it may do" error={error}>
      <div className="flex flex-col gap-3">
        {offered.map((grant) => {
          const why = whyNot(draft, grant);
          const { label, description } = extraGrantWords(grant);
          return (
            <CheckboxField
              key={grant}
              label={label}
              description={why ?? description}
              disabled={why !== null}
              checked={why === null && extraGrants.includes(grant)}
              onCheckedChange={(on) =>
                set({ extraGrants: on === true ? [...extraGrants, grant] : extraGrants.filter((one) => one !== grant) })
              }
            />
          );
        })}
      </div>
    </FieldSet>
  );
}

function KeyFields({
  draft,
  set,
  error,
}: {
  draft: ClientDraft;
  set: (part: Partial<ClientDraft>) => void;
  error: string | undefined;
}) {
  return (
    <div className="flex flex-col gap-3">
      <RadioGroup
        look="segments"
        aria-label="Where its public keys are"
        value={draft.keysFrom}
        onValueChange={(next) => set({ keysFrom: next as ClientDraft["keysFrom"] })}
        options={[
          { value: "address", label: "At an address" },
          { value: "here", label: "Given here" },
        ]}
      />
      {draft.keysFrom === "address" ? (
        <Field label="Address of its JWK Set" required error={error} hint="https; read again when a key is not known.">
          <Input
            mono
            spellCheck={false}
            autoComplete="off"
            value={draft.jwksUri}
            onChange={(event) => set({ jwksUri: event.target.value })}
            placeholder="https://agent.example.com/jwks.json"
          />
        </Field>
      ) : (
        <Field label="Its JWK Set" required error={error} hint='Public keys alone, as JSON: {"keys": […]}.'>
          <Textarea
            mono
            rows={6}
            spellCheck={false}
            value={draft.jwks}
            onChange={(event) => set({ jwks: event.target.value })}
          />
        </Field>
      )}
    </div>
  );
}

function missingIn(draft: ClientDraft): string | null {
  if (draft.kind === "interactive" && !draft.redirectUris.trim() && !asksByDevice(draft))
    return "Name a redirect address first";
  if (draft.authMethod !== "private_key_jwt") return null;
  if (draft.keysFrom === "address") return draft.jwksUri.trim() ? null : "Give the address of its keys first";
  return readJwks(draft.jwks) ? null : "Give its public keys first, as a JWK Set";
}
