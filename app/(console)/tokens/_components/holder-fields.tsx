"use client";

import { Bot, UserRound, UsersRound } from "lucide-react";
import { EntityPicker } from "@/components/entity/entity-picker";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { RadioGroup } from "@/components/ui/radio-group";
import type { HolderKind, MintDraft } from "./mint-draft";
import type { MintOptions } from "./mint-options";

/** Who the token is for. Another holder has other roles, so the choice of role starts again. */
export function HolderFields({
  options,
  draft,
  setDraft,
  fieldErrors,
}: {
  options: MintOptions;
  draft: MintDraft;
  setDraft: (change: (before: MintDraft) => MintDraft) => void;
  fieldErrors: Readonly<Record<string, string>>;
}) {
  const change = (part: Partial<MintDraft>) =>
    setDraft((before) => ({ ...before, ...part, roleId: null, serverIds: [], scopes: [] }));
  const agents = options.agents.filter((agent) => (draft.holderKind === "agent" ? agent.kind === "machine" : true));
  return (
    <Card title="Who is it for?">
      <div className="flex flex-col gap-5">
        {options.mayMintForOthers ? (
          <RadioGroup
            look="cards"
            columns={3}
            aria-label="Holder"
            value={draft.holderKind}
            onValueChange={(holderKind) => change({ holderKind: holderKind as HolderKind, agentId: null })}
            options={[
              {
                value: "person",
                label: "A person",
                icon: <UserRound aria-hidden className="size-4" />,
                description: "Lives while they are active and hold the role.",
              },
              {
                value: "person-through-agent",
                label: "A person through an agent",
                icon: <UsersRound aria-hidden className="size-4" />,
                description: "Their assistant or editor, in their name.",
              },
              {
                value: "agent",
                label: "A machine agent",
                icon: <Bot aria-hidden className="size-4" />,
                description: "A program on its own; outlives its owner.",
              },
            ]}
          />
        ) : null}
        {draft.holderKind !== "agent" ? (
          <Field label="Person" required error={fieldErrors.personId}>
            <EntityPicker
              value={draft.personId}
              onChange={(personId) => change({ personId })}
              searchLabel="Search people"
              options={options.people.map((person) => ({
                value: person.id,
                label: person.id === options.selfId ? `${person.name} (you)` : person.name,
                description: person.roleIds.length === 0 ? `${person.email} · holds no role` : person.email,
              }))}
            />
          </Field>
        ) : null}
        {draft.holderKind !== "person" ? (
          <Field
            label="Agent"
            required
            error={fieldErrors.agentId}
            hint={agents.length === 0 ? "There is no agent of that kind yet. Add one under Agents." : undefined}
          >
            <EntityPicker
              value={draft.agentId}
              onChange={(agentId) =>
                draft.holderKind === "agent" ? change({ agentId }) : setDraft((before) => ({ ...before, agentId }))
              }
              searchLabel="Search agents"
              options={agents.map((agent) => ({
                value: agent.id,
                label: agent.name,
                description: `${agent.kind}, of ${agent.ownerName ?? "nobody"}`,
              }))}
            />
          </Field>
        ) : null}
      </div>
    </Card>
  );
}
