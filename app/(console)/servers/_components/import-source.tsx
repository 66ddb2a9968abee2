"use client";

import { Plus, X } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Field, FieldSet } from "@/components/ui/field";
import { Input, PasswordInput } from "@/components/ui/input";
import { headerNameError, type HeaderRow, type ImportDraft } from "./import-draft";

/** Where to import from: the address, and the headers that the server asks for. */
export function ImportSource({
  draft,
  onChange,
  fieldErrors,
}: {
  draft: ImportDraft;
  onChange: (draft: ImportDraft) => void;
  fieldErrors: Readonly<Record<string, string>>;
}) {
  const setRow = (id: number, part: Partial<HeaderRow>) =>
    onChange({ ...draft, headers: draft.headers.map((row) => (row.id === id ? { ...row, ...part } : row)) });
  const add = (name: string) => {
    const id = 1 + Math.max(0, ...draft.headers.map((row) => row.id));
    onChange({ ...draft, headers: [...draft.headers, { id, name, value: "" }] });
  };
  return (
    <div className="flex flex-col gap-5">
      <Field
        label="Address of its MCP endpoint"
        required
        hint="Streamable HTTP. Gatehouse asks it for tools/list."
        error={fieldErrors.url}
      >
        <Input
          mono
          data-autofocus
          type="url"
          inputMode="url"
          value={draft.url}
          maxLength={2000}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange({ ...draft, url: event.target.value })}
        />
      </Field>
      <FieldSet
        legend="Headers"
        hint="Only where the server asks for credentials. They are sent along this once: never stored, never logged."
      >
        {draft.headers.map((row, index) => (
          <HeaderFields
            key={row.id}
            nth={index + 1}
            row={row}
            nameError={headerNameError(draft, row)}
            valueError={fieldErrors[`headers.${row.name.trim()}`]}
            onChange={(part) => setRow(row.id, part)}
            onRemove={() => onChange({ ...draft, headers: draft.headers.filter(({ id }) => id !== row.id) })}
          />
        ))}
        {draft.headers.length < 20 ? (
          <Button
            size="sm"
            variant="ghost"
            className="self-start"
            onClick={() => add(draft.headers.length === 0 ? "Authorization" : "")}
          >
            <Plus aria-hidden />
            Add a header
          </Button>
        ) : null}
      </FieldSet>
    </div>
  );
}

function HeaderFields({
  nth,
  row,
  nameError,
  valueError,
  onChange,
  onRemove,
}: {
  nth: number;
  row: HeaderRow;
  nameError: string | null;
  valueError: string | undefined;
  onChange: (part: Partial<HeaderRow>) => void;
  onRemove: () => void;
}) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto] gap-2 sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto]">
      <Field label={`Name of header ${nth}`} hideLabel error={nameError}>
        <Input
          mono
          placeholder="Authorization"
          value={row.name}
          maxLength={100}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange({ name: event.target.value })}
        />
      </Field>
      <Button
        size="icon"
        variant="ghost"
        aria-label={`Remove header ${nth}`}
        className="mt-0.5 sm:order-last"
        onClick={onRemove}
      >
        <X aria-hidden />
      </Button>
      <Field label={`Value of header ${nth}`} hideLabel error={valueError} className="max-sm:col-span-2">
        <PasswordInput
          placeholder="Bearer …"
          value={row.value}
          maxLength={8192}
          autoComplete="off"
          onChange={(event) => onChange({ value: event.target.value })}
        />
      </Field>
    </div>
  );
}
