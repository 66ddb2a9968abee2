"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { FormDialog } from "@/components/ui/form-dialog";
import { Field, FieldSet } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { createToolAction } from "../actions";
import { ScopeCombobox, type ScopeOption } from "./scope-combobox";
import { useCreateScope } from "./use-create-scope";

/** Adds a tool by hand, for a server that cannot be reached from here. */
export function AddTool({
  serverId,
  scopes,
  mayCreateScopes,
}: {
  serverId: string;
  scopes: readonly ScopeOption[];
  mayCreateScopes: boolean;
}) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Add by hand</Button>
      {open ? (
        <AddToolDialog
          serverId={serverId}
          scopes={scopes}
          mayCreateScopes={mayCreateScopes}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </>
  );
}

function AddToolDialog({
  serverId,
  scopes,
  mayCreateScopes,
  onClose,
}: {
  serverId: string;
  scopes: readonly ScopeOption[];
  mayCreateScopes: boolean;
  onClose: () => void;
}) {
  const router = useRouter();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [chosen, setChosen] = useState<string[]>([]);
  const { known, create, error: scopeError } = useCreateScope(serverId, scopes);
  const { run, pending, fieldErrors } = useAction(createToolAction, {
    success: (tool) => `${tool.name} is added`,
    onSuccess: () => {
      onClose();
      router.refresh();
    },
  });
  const scopesError = Object.entries(fieldErrors).find(([path]) => path.startsWith("scopes"))?.[1];
  return (
    <FormDialog
      title="Add a tool by hand"
      description="Its name exactly as the server lists it. The next import takes over its definition, and keeps its scopes."
      submitLabel={chosen.length === 0 ? "Add, closed" : "Add tool"}
      busy={pending}
      missing={name.trim() ? null : "Give it a name first"}
      onSubmit={() => void run({ serverId, name, scopes: chosen, description })}
      onClose={onClose}
    >
      <Field label="Name" required error={fieldErrors.name ?? fieldErrors["tools.0.name"]}>
        <Input
          mono
          data-autofocus
          value={name}
          maxLength={256}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <Field label="Description" optional error={fieldErrors.description}>
        <Textarea
          rows={2}
          maxLength={2000}
          value={description}
          onChange={(event) => setDescription(event.target.value)}
        />
      </Field>
      <FieldSet
        legend="Required scopes"
        hint="A caller needs all of them. With none it stays closed."
        error={scopeError ?? scopesError ?? null}
      >
        <ScopeCombobox
          scopes={known}
          value={chosen}
          onChange={setChosen}
          suggestedAccess="write"
          onCreate={mayCreateScopes ? create : undefined}
        />
      </FieldSet>
    </FormDialog>
  );
}
