"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { EntityPicker, type EntityOption } from "@/components/entity/entity-picker";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Callout } from "@/components/ui/callout";
import { FormDialog } from "@/components/ui/form-dialog";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import type { AgentDto } from "@/lib/agent/schema";
import { updateAgentAction } from "../actions";

/** Changes an agent's name and description, or who answers for it (a take-over). */
export function EditAgent({
  agent,
  owners,
  onClose,
}: {
  agent: AgentDto;
  owners: readonly EntityOption[];
  onClose: () => void;
}) {
  const router = useRouter();
  const [name, setName] = useState(agent.name);
  const [description, setDescription] = useState(agent.description);
  const [ownerId, setOwnerId] = useState<string | null>(
    owners.some((owner) => owner.value === agent.owner?.id) ? (agent.owner?.id ?? null) : null,
  );
  const { run, pending, error, fieldErrors } = useAction(updateAgentAction, {
    success: "Saved",
    toastErrors: false,
    onSuccess: () => {
      onClose();
      router.refresh();
    },
  });
  const ownerChanged = ownerId !== null && ownerId !== agent.owner?.id;
  return (
    <FormDialog
      title={`Edit ${agent.name}`}
      submitLabel="Save"
      busy={pending}
      missing={name.trim() ? null : "Give it a name first"}
      onSubmit={() => void run({ agentId: agent.id, name, description, ...(ownerChanged ? { ownerId } : {}) })}
      onClose={onClose}
    >
      <ActionFailure error={error} />
      <Field label="Name" required error={fieldErrors.name}>
        <Input
          data-autofocus
          value={name}
          maxLength={200}
          autoComplete="off"
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <Field label="Description" optional error={fieldErrors.description}>
        <Textarea
          rows={3}
          maxLength={2000}
          value={description}
          onChange={(event) => setDescription(event.target.value)}
        />
      </Field>
      <Field label="Owner" required error={fieldErrors.ownerId}>
        <EntityPicker
          value={ownerId}
          onChange={setOwnerId}
          searchLabel="Search people"
          placeholder={agent.owner ? `${agent.owner.name} (suspended)` : "Choose…"}
          options={owners}
        />
      </Field>
      {ownerChanged ? (
        <Callout tone="info">The new owner answers for it from now on. Its tokens go on working.</Callout>
      ) : null}
    </FormDialog>
  );
}
