"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Callout } from "@/components/ui/callout";
import { FormDialog } from "@/components/ui/form-dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Switch } from "@/components/ui/switch";
import type { TrustedIssuerDto } from "@/lib/oauth/issuer-schema";
import { setTrustedIssuerAction } from "../actions";

/** Trusts an identity provider, or changes one that is on the list: its name stays. */
export function IssuerDialog({
  issuer,
  known,
  onClose,
}: {
  issuer: TrustedIssuerDto | null;
  /** Those on the list, by name: adding one again would change it without showing what it was. */
  known: readonly string[];
  onClose: () => void;
}) {
  const router = useRouter();
  const [name, setName] = useState(issuer?.issuer ?? "");
  const [jwksUri, setJwksUri] = useState(issuer?.jwksUri ?? "");
  const [enabled, setEnabled] = useState(issuer?.enabled ?? true);
  const { run, pending, error, fieldErrors } = useAction(setTrustedIssuerAction, {
    success: issuer ? "Saved" : "The provider is trusted",
    toastErrors: false,
    onSuccess: () => {
      onClose();
      router.refresh();
    },
  });
  const listed = known.includes(name.trim());
  const missing = !name.trim() ? "Name the provider first" : !jwksUri.trim() ? "Say where its keys stand first" : null;
  const errorOf = (field: "issuer" | "jwksUri") =>
    fieldErrors[field] === undefined ? undefined : `This ${fieldErrors[field]}.`;
  return (
    <FormDialog
      title={issuer ? "Change a trusted provider" : "Trust an identity provider"}
      description="Agents that an admin lets bring its signed word for a person, and get what that person's roles give."
      submitLabel={issuer ? "Save" : "Trust provider"}
      busy={pending}
      missing={missing ?? (listed ? "It is on the list already" : null)}
      noValidate
      onSubmit={() => void run({ issuer: name.trim(), jwksUri: jwksUri.trim(), enabled })}
      onClose={onClose}
    >
      <ActionFailure error={error} forbidden="Only an owner may change whose word counts." />
      {issuer ? (
        <p className="mono text-body text-ink wrap-anywhere">{issuer.issuer}</p>
      ) : (
        <>
          <Callout tone="expiring" title="It can speak for everybody whose account there is linked">
            Nobody is asked when it lets an agent in. Each time stands in the audit log.
          </Callout>
          <Field
            label="Issuer"
            required
            hint="Exactly as its tokens name it (iss): with or without a slash at the end."
            error={listed ? "This is on the list already. Change it there." : errorOf("issuer")}
          >
            <Input
              data-autofocus
              mono
              spellCheck={false}
              autoComplete="off"
              value={name}
              onChange={(event) => setName(event.target.value)}
              placeholder="https://login.example.com"
            />
          </Field>
        </>
      )}
      <Field
        label="Address of its keys"
        required
        hint="Its JWK Set (jwks_uri of its metadata), https. It is read when an agent first comes, not now."
        error={errorOf("jwksUri")}
      >
        <Input
          data-autofocus={issuer ? "" : undefined}
          mono
          spellCheck={false}
          autoComplete="off"
          value={jwksUri}
          onChange={(event) => setJwksUri(event.target.value)}
          placeholder="https://login.example.com/jwks.json"
        />
      </Field>
      {issuer ? (
        <Switch
          label="Its word counts"
          description="Off: no agent gets access by it for now. What it let in before lives out its time."
          checked={enabled}
          onCheckedChange={setEnabled}
        />
      ) : null}
    </FormDialog>
  );
}
