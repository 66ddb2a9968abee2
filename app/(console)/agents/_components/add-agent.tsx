"use client";

import { Bot, MessagesSquare } from "lucide-react";
import { useRouter } from "next/navigation";
import { parseAsString, useQueryState } from "nuqs";
import { useState } from "react";
import { EntityPicker, type EntityOption } from "@/components/entity/entity-picker";
import { RoleChecks, type RoleOption } from "@/components/role/role-checks";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { FormDialog } from "@/components/ui/form-dialog";
import { Field, FieldSet } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { RadioGroup } from "@/components/ui/radio-group";
import type { AgentDto } from "@/lib/agent/schema";
import { createAgentAction } from "../actions";

type Props = { owners: readonly EntityOption[]; selfId: string; roles: readonly RoleOption[]; mayElevate: boolean };

/** The button of the list; `?new=1` opens it too. */
export function AddAgent(props: Props) {
  const [open, setOpen] = useQueryState("new", parseAsString);
  return (
    <>
      <Button variant="primary" onClick={() => void setOpen("1")}>
        Add an agent
      </Button>
      {open ? <AddDialog {...props} onClose={() => void setOpen(null)} /> : null}
    </>
  );
}

function AddDialog({ owners, selfId, roles, mayElevate, onClose }: Props & { onClose: () => void }) {
  const router = useRouter();
  const [name, setName] = useState("");
  const [kind, setKind] = useState<AgentDto["kind"]>("machine");
  const [ownerId, setOwnerId] = useState<string | null>(selfId);
  const [description, setDescription] = useState("");
  const [roleIds, setRoleIds] = useState<string[]>([]);
  const { run, pending, error, fieldErrors } = useAction(createAgentAction, {
    success: "Agent added",
    toastErrors: false,
    onSuccess: (agent) => router.push(`/agents/${agent.id}`),
  });
  const missing = !name.trim() ? "Give it a name first" : ownerId === null ? "Choose an owner first" : null;
  const submit = () => {
    if (ownerId === null) return;
    void run({ name, kind, ownerId, description, roleIds: kind === "machine" ? roleIds : [] });
  };
  return (
    <FormDialog
      title="Add an agent"
      description="A program that calls tools on MCP servers."
      submitLabel="Add agent"
      busy={pending}
      missing={missing}
      onSubmit={submit}
      onClose={onClose}
    >
      <ActionFailure
        error={error}
        forbidden="Only an owner gives an agent a role that reaches Gatehouse's own admin API."
      />
      <Field label="Name" required error={fieldErrors.name}>
        <Input
          data-autofocus
          autoComplete="off"
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <FieldSet legend="Kind">
        <RadioGroup
          look="cards"
          aria-label="Kind"
          value={kind}
          onValueChange={(next) => setKind(next as AgentDto["kind"])}
          options={[
            {
              value: "machine",
              label: "Machine",
              icon: <Bot aria-hidden className="size-4" />,
              description: "Works on its own, under roles that it holds itself.",
            },
            {
              value: "interactive",
              label: "Interactive",
              icon: <MessagesSquare aria-hidden className="size-4" />,
              description: "An assistant or editor: acts for people, under their roles.",
            },
          ]}
        />
      </FieldSet>
      <Field label="Owner" required error={fieldErrors.ownerId} hint="Answers for it.">
        <EntityPicker value={ownerId} onChange={setOwnerId} searchLabel="Search people" options={owners} />
      </Field>
      <Field label="Description" optional error={fieldErrors.description}>
        <Textarea
          rows={2}
          maxLength={2000}
          value={description}
          onChange={(event) => setDescription(event.target.value)}
        />
      </Field>
      {kind === "machine" ? (
        <RoleChecks
          legend="Token roles"
          hint="What its tokens may be minted under; they can be given later, too."
          options={roles}
          value={roleIds}
          onChange={setRoleIds}
          disabledReason={(role) => (role.administers && !mayElevate ? "Only an owner gives it to an agent" : null)}
          error={Object.entries(fieldErrors).find(([path]) => path.startsWith("roleIds"))?.[1]}
        />
      ) : null}
    </FormDialog>
  );
}
