"use client";

import { EntityPicker } from "@/components/entity/entity-picker";
import { ScopePicker } from "@/components/scope/scope-picker";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { CheckboxField } from "@/components/ui/checkbox";
import { Field, FieldMessage, FieldSet } from "@/components/ui/field";
import { RadioGroup } from "@/components/ui/radio-group";
import { chosenServers, withRole, type MintDraft, type Reach } from "./mint-draft";
import type { RoleOption, ServerOption } from "./mint-options";

type Set = (change: (before: MintDraft) => MintDraft) => void;

/** What the token may do: a role, its servers, and how much of it. */
export function ReachFields({
  roles,
  role,
  draft,
  setDraft,
  fieldErrors,
}: {
  roles: readonly RoleOption[];
  role: RoleOption | undefined;
  draft: MintDraft;
  setDraft: Set;
  fieldErrors: Readonly<Record<string, string>>;
}) {
  const holder = draft.holderKind === "agent" ? draft.agentId : draft.personId;
  const hint = !holder
    ? "Choose who it is for first."
    : roles.length === 0
      ? "They hold no role. Give them one on their page."
      : "Only roles that the holder has.";
  return (
    <Card title="What may it do?">
      <div className="flex flex-col gap-5">
        <Field label="Role" required hint={hint} error={fieldErrors.roleId}>
          <EntityPicker
            value={draft.roleId}
            onChange={(id) => {
              const next = roles.find((one) => one.id === id);
              if (next) setDraft((before) => withRole(before, next));
            }}
            searchLabel="Search roles"
            options={roles.map((one) => ({
              value: one.id,
              label: one.name,
              description: one.description,
              badge: (
                <Badge tone={one.readOnly ? "neutral" : "expiring"}>{one.readOnly ? "read-only" : "can write"}</Badge>
              ),
              disabledReason: one.servers.length === 0 ? "It gives nothing on any active server" : null,
            }))}
          />
        </Field>
        {role ? <ServerBoxes role={role} draft={draft} setDraft={setDraft} fieldErrors={fieldErrors} /> : null}
        {role && draft.serverIds.length > 0 ? (
          <HowMuch role={role} draft={draft} setDraft={setDraft} error={scopeError(fieldErrors)} />
        ) : null}
      </div>
    </Card>
  );
}

/** The admin API stands alone: ticking it unticks the others, and the other way round. */
function toggleServer(role: RoleOption, before: MintDraft, server: ServerOption, on: boolean): MintDraft {
  const kept = chosenServers(role, before).filter((one) => one.id !== server.id && one.builtin === server.builtin);
  const serverIds = [...kept.map((one) => one.id), ...(on ? [server.id] : [])];
  return { ...before, serverIds, scopes: [] };
}

function ServerBoxes({
  role,
  draft,
  setDraft,
  fieldErrors,
}: {
  role: RoleOption;
  draft: MintDraft;
  setDraft: Set;
  fieldErrors: Readonly<Record<string, string>>;
}) {
  const message =
    fieldErrors.serverIds ?? Object.entries(fieldErrors).find(([path]) => path.startsWith("serverIds."))?.[1];
  return (
    <FieldSet legend="Servers" hint="It works on these alone.">
      <div className="grid gap-2 sm:grid-cols-2">
        {role.servers.map((server) => (
          <CheckboxField
            key={server.id}
            label={server.builtin ? "Gatehouse admin API" : server.name}
            description={server.resource}
            checked={draft.serverIds.includes(server.id)}
            onCheckedChange={(on) => setDraft((before) => toggleServer(role, before, server, on === true))}
          />
        ))}
      </div>
      {message ? <FieldMessage>{message}</FieldMessage> : null}
    </FieldSet>
  );
}

function HowMuch({
  role,
  draft,
  setDraft,
  error,
}: {
  role: RoleOption;
  draft: MintDraft;
  setDraft: Set;
  error: string | undefined;
}) {
  const servers = chosenServers(role, draft);
  const reads = servers.every((server) => server.scopes.some((scope) => scope.access === "read"));
  return (
    <FieldSet legend="How much of the role" error={error ?? null}>
      <RadioGroup
        look="cards"
        columns={3}
        aria-label="How much of the role"
        value={draft.reach}
        onValueChange={(reach) => setDraft((before) => ({ ...before, reach: reach as Reach }))}
        options={[
          {
            value: "read",
            label: "Read only",
            description: reads
              ? "Its reading scopes; never writes, whatever the role becomes."
              : "One of these servers offers nothing to read.",
            disabled: !reads,
          },
          {
            value: "role",
            label: "All of the role",
            description: role.readOnly ? "Everything it gives is read-only." : "Follows the role when it changes.",
          },
          { value: "chosen", label: "Chosen scopes", description: "Only what you tick; a wider role never widens it." },
        ]}
      />
      {draft.reach === "chosen" ? (
        <ScopePicker
          groups={servers.map((server) => ({ serverId: server.id, serverName: server.name, scopes: server.scopes }))}
          value={draft.scopes}
          onChange={(scopes) => setDraft((before) => ({ ...before, scopes }))}
        />
      ) : null}
    </FieldSet>
  );
}

function scopeError(fieldErrors: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(fieldErrors).find(([path]) => path === "scopes" || path.startsWith("scopes."))?.[1];
}
