"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/session/use-action";
import { Callout } from "@/components/ui/callout";
import { CheckboxField } from "@/components/ui/checkbox";
import { FormDialog } from "@/components/ui/form-dialog";
import { Field, FieldSet } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { RadioGroup } from "@/components/ui/radio-group";
import type { ScopeDto } from "@/lib/scope/schema";
import type { Access } from "@/lib/server/schema";
import { createScopeAction, updateScopeAction } from "../actions";

const ACCESS_OPTIONS = [
  { value: "read", label: "Read", description: "Looks, and changes nothing. Read-only tokens may use it." },
  { value: "write", label: "Write", description: "Changes something." },
  { value: "admin", label: "Admin", description: "Changes who may do what, or cannot be undone." },
];

/** Adds a scope, or changes one: its name stays, because tokens and tools refer to it. */
export function ScopeDialog({
  serverId,
  slug,
  scope,
  onClose,
}: {
  serverId: string;
  slug: string;
  scope: ScopeDto | null;
  onClose: () => void;
}) {
  const router = useRouter();
  const [name, setName] = useState(scope?.name ?? `${slug}:`);
  const [access, setAccess] = useState<Access>(scope?.access ?? "read");
  const [description, setDescription] = useState(scope?.description ?? "");
  const [needsApproval, setNeedsApproval] = useState(scope?.needsApproval ?? false);
  const done = () => {
    onClose();
    router.refresh();
  };
  const creating = useAction(createScopeAction, { success: (made) => `${made.name} is added`, onSuccess: done });
  const updating = useAction(updateScopeAction, { success: "Saved", onSuccess: done });
  const { pending, fieldErrors } = scope ? updating : creating;
  const submit = () =>
    scope
      ? updating.run({ scopeId: scope.id, access, description, needsApproval })
      : creating.run({ serverId, name: name.trim(), access, description, needsApproval });
  return (
    <FormDialog
      title={scope ? <span className="mono">{scope.name}</span> : "Add a scope"}
      description={scope ? "Its name stays: roles, tokens and tools refer to it." : undefined}
      submitLabel={scope ? "Save" : "Add scope"}
      busy={pending}
      missing={name.trim() ? null : "Give it a name first"}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {scope ? null : (
        <Field
          label="Name"
          required
          hint="Roles whose wildcard matches it give it from now on."
          error={fieldErrors.name ?? fieldErrors["scopes.0.name"]}
        >
          <Input
            mono
            data-autofocus
            value={name}
            maxLength={128}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
      )}
      <FieldSet legend="Access" error={fieldErrors.access}>
        <RadioGroup
          aria-label="Access"
          value={access}
          onValueChange={(next) => setAccess(next as Access)}
          options={ACCESS_OPTIONS}
        />
      </FieldSet>
      {scope && scope.access === "read" && access !== "read" ? (
        <Callout tone="expiring">Read-only tokens lose it at once.</Callout>
      ) : null}
      <Field
        label="Description"
        optional
        hint="Shown where roles and tokens choose it."
        error={fieldErrors.description}
      >
        <Input
          value={description}
          maxLength={500}
          data-autofocus={scope ? "" : undefined}
          onChange={(event) => setDescription(event.target.value)}
        />
      </Field>
      <CheckboxField
        label="An admin must agree"
        description="Before a person may let an agent use it, an admin agrees for that person and agent."
        checked={needsApproval}
        onCheckedChange={(next) => setNeedsApproval(next === true)}
      />
      {scope && !scope.needsApproval && needsApproval ? (
        <Callout tone="expiring">Connected agents that no admin agreed to lose it at once.</Callout>
      ) : null}
    </FormDialog>
  );
}
