"use client";

import type { ReactNode } from "react";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { SpanField } from "@/components/ui/span-field";
import { Switch } from "@/components/ui/switch";
import { shownSlug, type ServerDraft } from "./server-draft";

/** The facts of a server, for registering and for changing it. */
export function ServerFields({
  draft,
  onChange,
  fieldErrors,
  resourceNote,
}: {
  draft: ServerDraft;
  onChange: (part: Partial<ServerDraft>) => void;
  fieldErrors: Readonly<Record<string, string>>;
  /** Said below the resource where it differs from the one in force. */
  resourceNote?: ReactNode;
}) {
  return (
    <div className="flex flex-col gap-5">
      <Field label="Name" required hint="As people call it: Tickets." error={fieldErrors.name}>
        <Input
          data-autofocus
          value={draft.name}
          maxLength={200}
          autoComplete="off"
          onChange={(event) => onChange({ name: event.target.value })}
        />
      </Field>
      <Field
        label="Slug"
        hint="In client configurations and suggested scopes, like tickets:read. Follows the name until you change it."
        error={fieldErrors.slug}
      >
        <Input
          mono
          value={shownSlug(draft)}
          maxLength={63}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange({ slug: event.target.value || null })}
        />
      </Field>
      <Field
        label="Resource"
        required
        hint="Its canonical address, as clients call it. Tokens are for this address; a call that names another is refused."
        error={fieldErrors.resource}
      >
        <Input
          mono
          type="url"
          inputMode="url"
          placeholder="https://tickets.example.com/mcp"
          value={draft.resource}
          maxLength={2000}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange({ resource: event.target.value })}
        />
      </Field>
      {resourceNote}
      <Field label="Description" optional error={fieldErrors.description}>
        <Textarea
          rows={2}
          maxLength={2000}
          value={draft.description}
          onChange={(event) => onChange({ description: event.target.value })}
        />
      </Field>
      <SpanField
        label="Longest token life"
        optional
        placeholder="no own limit"
        hint="Tokens for this server end by then at the latest. Empty: the instance's policy alone. Tokens already minted keep their end."
        value={draft.lifetime}
        onChange={(lifetime) => onChange({ lifetime })}
        error={fieldErrors.maxTokenLifetimeSeconds}
      />
      <Switch
        label="Keep the arguments of calls in the audit log"
        description="Redacted and cut. Off: each call is recorded all the same, and its entry says that they were left out."
        checked={draft.auditLevel === "full"}
        onCheckedChange={(keep) => onChange({ auditLevel: keep ? "full" : "metadata" })}
      />
    </div>
  );
}
