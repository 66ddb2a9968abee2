"use client";

import { useState } from "react";
import { CidrField } from "@/components/token/cidr-field";
import { ExpiryField } from "@/components/token/expiry-field";
import { RateLimitField } from "@/components/token/rate-limit-field";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import type { MintedTokenDto } from "@/lib/token/schema";
import { mintTokenAction } from "../actions";
import { HolderFields } from "./holder-fields";
import {
  chosenServers,
  firstDraft,
  longestSeconds,
  reachedScopes,
  rolesFor,
  toMintInput,
  type MintDraft,
} from "./mint-draft";
import type { MintOptions } from "./mint-options";
import { MintSummary } from "./mint-summary";
import { MintedToken } from "./minted-token";
import { ReachFields } from "./reach-fields";

/** Mints a token: who → what → limits → one plain sentence → the secret, once. Nothing typed is lost by an error. */
export function MintForm({
  options,
  preset,
}: {
  options: MintOptions;
  preset: Partial<Record<"person" | "agent" | "role" | "server", string>>;
}) {
  const [draft, setDraft] = useState(() => firstDraft(options, preset));
  const [minted, setMinted] = useState<MintedTokenDto | null>(null);
  const { run, pending, error, fieldErrors } = useAction(mintTokenAction, { onSuccess: setMinted });
  const change = (part: Partial<MintDraft>) => setDraft((before) => ({ ...before, ...part }));
  const roles = rolesFor(options, draft);
  const role = roles.find((one) => one.id === draft.roleId);
  const servers = chosenServers(role, draft);
  if (minted) {
    return (
      <MintedToken
        token={minted}
        targets={servers}
        onAnother={() => (setMinted(null), setDraft(firstDraft(options, {})))}
      />
    );
  }
  return (
    <form
      className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_320px]"
      onSubmit={(event) => {
        event.preventDefault();
        void run(toMintInput(draft, role));
      }}
    >
      <div className="flex min-w-0 flex-col gap-6">
        <HolderFields options={options} draft={draft} setDraft={setDraft} fieldErrors={fieldErrors} />
        <ReachFields roles={roles} role={role} draft={draft} setDraft={setDraft} fieldErrors={fieldErrors} />
        <Card title="Name and limits">
          <div className="flex flex-col gap-5">
            <Field
              label="Name"
              required
              hint="What or where it is used: Support triage, production."
              error={fieldErrors.name}
            >
              <Input
                value={draft.name}
                maxLength={200}
                autoComplete="off"
                onChange={(event) => change({ name: event.target.value })}
              />
            </Field>
            <ExpiryField
              value={draft.expiry}
              onChange={(expiry) => change({ expiry })}
              maxSeconds={longestSeconds(options, servers)}
              error={fieldErrors.expiresAt ?? fieldErrors.expiresInSeconds}
            />
            <RateLimitField
              value={draft.rateLimit}
              onChange={(rateLimit) => change({ rateLimit })}
              error={fieldErrors.rateLimit ?? fieldErrors["rateLimit.limit"]}
            />
            <CidrField
              value={draft.cidrs}
              onChange={(cidrs) => change({ cidrs })}
              error={fieldErrors.allowedCidrs ?? firstUnder(fieldErrors, "allowedCidrs.")}
            />
            <Field
              label="Not before"
              optional
              hint="It is refused until then. Your clock."
              error={fieldErrors.notBefore}
            >
              <Input
                type="datetime-local"
                className="max-w-60"
                value={draft.notBefore}
                onChange={(event) => change({ notBefore: event.target.value })}
              />
            </Field>
            <Field label="Note" optional hint="For whoever reviews it later. Never a secret." error={fieldErrors.note}>
              <Textarea
                rows={2}
                maxLength={2000}
                value={draft.note}
                onChange={(event) => change({ note: event.target.value })}
              />
            </Field>
          </div>
        </Card>
      </div>
      <div className="flex flex-col gap-4 lg:sticky lg:top-6">
        <MintSummary
          options={options}
          draft={draft}
          role={role}
          servers={servers}
          scopes={reachedScopes(servers, draft)}
        />
        {error ? (
          <Callout tone="deny" alert title={error.title}>
            {error.detail}
          </Callout>
        ) : null}
        <div className="flex gap-2">
          <Button type="submit" variant="primary" busy={pending} disabledReason={missing(draft)}>
            Mint the token
          </Button>
          <ButtonLink href="/tokens" variant="ghost">
            Cancel
          </ButtonLink>
        </div>
      </div>
    </form>
  );
}

/** The first thing that is not there yet, as the reason why the button waits. */
function missing(draft: MintDraft): string | null {
  if (draft.holderKind !== "agent" && !draft.personId) return "Choose a person first";
  if (draft.holderKind !== "person" && !draft.agentId) return "Choose an agent first";
  if (!draft.roleId) return "Choose a role first";
  if (draft.serverIds.length === 0) return "Choose a server first";
  if (draft.reach === "chosen" && draft.scopes.length === 0) return "Choose at least one scope first";
  if (!draft.name.trim()) return "Give it a name first";
  return null;
}

function firstUnder(fieldErrors: Readonly<Record<string, string>>, prefix: string): string | undefined {
  return Object.entries(fieldErrors).find(([path]) => path.startsWith(prefix))?.[1];
}
