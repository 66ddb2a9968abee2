"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useQueryDraft } from "@/components/audit/query-draft";
import { QueryField } from "@/components/audit/query-field";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input, Textarea } from "@/components/ui/input";
import { SecretField } from "@/components/ui/secret-field";
import { Select } from "@/components/ui/select";
import type { CreateSinkInput, SinkDto } from "@/lib/audit/sinks/schema";
import { SINK_FORMATS, SINK_KINDS, type SinkFormat, type SinkKind } from "@/lib/audit/sinks/settings";
import { refusedInSinks } from "@/lib/audit/sinks/query";
import { createSinkAction, suggestAuditAction, updateSinkAction } from "../actions";
import { SinkSetting } from "./sink-setting";
import { draftOf, fieldsOf, secretLabel, settingsOfDraft } from "./sink-fields";
import { FORMAT_LABELS, isOffered, KIND_LABELS } from "./sink-words";

const options = <V extends string>(values: readonly V[], labels: Record<V, string>) =>
  values.map((value) => ({ value, label: labels[value] }));

/** Sets up a place that the log is shipped to, or changes one: its kind stays. */
export function SinkDialog({ sink, onClose }: { sink: SinkDto | null; onClose: () => void }) {
  const router = useRouter();
  const [made, setMade] = useState<string | null>(null);
  const [kind, setKind] = useState<SinkKind>(sink?.kind ?? "webhook");
  const [name, setName] = useState(sink?.name ?? "");
  const [format, setFormat] = useState<SinkFormat>(sink?.format ?? "gatehouse");
  const [from, setFrom] = useState<"now" | "start">("now");
  const [secret, setSecret] = useState("");
  const asking = useQueryDraft(sink?.query ?? "", refusedInSinks);
  const [draft, setDraft] = useState(() => draftOf(kind, sink?.settings ?? null));
  const done = (secretMade: string | null) => {
    router.refresh();
    if (secretMade === null) onClose();
    else setMade(secretMade);
  };
  const quiet = { toastErrors: false } as const;
  const create = useAction(createSinkAction, { ...quiet, success: "The log is shipped there", onSuccess: (made) => done(made.secret) }); // prettier-ignore
  const update = useAction(updateSinkAction, { ...quiet, success: "Saved", onSuccess: () => done(null) });
  const { error, fieldErrors } = sink ? update : create;
  const fields = fieldsOf(kind).filter((field) => field.when?.(draft) ?? true);
  const empty = fields.find((field) => field.required && draft[field.key] === "");
  const asked = secretLabel(kind, draft);
  const submit = () => {
    const query = asking.send();
    if (query === null) return;
    const given = {
      name: name.trim(),
      format,
      query: query || null,
      ...(secret === "" || asked === null ? {} : { secret }),
    };
    const settings = settingsOfDraft(kind, draft, sink?.settings);
    if (sink) void update.run({ sinkId: sink.id, ...given, settings });
    else void create.run({ kind, ...given, settings, from } as CreateSinkInput);
  };
  if (made !== null) return <MadeSecret name={name} secret={made} onClose={onClose} />;
  return (
    <FormDialog
      title={sink ? `Change ${sink.name}` : "Ship the log to a place"}
      description="It gets the log’s entries in order, from where you say. What it refuses is kept for you to look at."
      submitLabel={sink ? "Save" : "Start shipping"}
      busy={create.pending || update.pending}
      missing={!name.trim() ? "Give it a name first" : empty ? `Give the ${empty.label.toLowerCase()} first` : null}
      noValidate
      onSubmit={submit}
      onClose={onClose}
    >
      <ActionFailure error={error} forbidden="Only owners and admins may change where the log goes." />
      {sink ? null : (
        <Field label="Kind" required>
          <Select
            options={options(SINK_KINDS, KIND_LABELS)}
            value={kind}
            onValueChange={(next) => {
              setKind(next as SinkKind);
              setDraft(draftOf(next as SinkKind, null));
              setSecret("");
            }}
          />
        </Field>
      )}
      <Field label="Name" required error={errorUnder(fieldErrors, "name")}>
        <Input data-autofocus value={name} autoComplete="off" onChange={(event) => setName(event.target.value)} />
      </Field>
      {fields.map((field) => (
        <SinkSetting
          key={`${kind}.${field.key}`}
          field={field}
          value={draft[field.key] ?? ""}
          error={errorUnder(fieldErrors, `settings.${field.key}`)}
          onChange={(value) => setDraft({ ...draft, [field.key]: value })}
        />
      ))}
      {asked === null ? null : (
        <Field
          label={asked}
          optional={kind === "webhook" || (sink?.hasSecret ?? false)}
          required={kind !== "webhook" && !sink?.hasSecret}
          hint={sink?.hasSecret ? "Left empty, it stays as it is." : kind === "webhook" ? "Left empty, one is made." : undefined} // prettier-ignore
          error={errorUnder(fieldErrors, "secret")}
        >
          {kind === "syslog" ? (
            <Textarea
              mono
              rows={4}
              spellCheck={false}
              value={secret}
              onChange={(event) => setSecret(event.target.value)}
            />
          ) : (
            <Input
              type="password"
              mono
              autoComplete="off"
              value={secret}
              onChange={(event) => setSecret(event.target.value)}
            />
          )}
        </Field>
      )}
      <Field label="Format" required>
        <Select
          options={options(SINK_FORMATS, FORMAT_LABELS)}
          value={format}
          onValueChange={(next) => setFormat(next as SinkFormat)}
        />
      </Field>
      <QueryField
        form={asking}
        error={errorUnder(fieldErrors, "query")}
        label="Only what matches"
        hint={
          sink
            ? "Left empty, everything. It counts for what has not been shipped yet."
            : "A query as in the audit log’s search. Left empty, everything is shipped."
        }
        optional
        placeholder="outcome:deny,denied"
        suggest={suggestAuditAction}
        offers={isOffered}
      />
      {sink ? null : (
        <Field label="Begin with" required>
          <Select
            options={[
              { value: "now", label: "What is recorded from now on" },
              { value: "start", label: "The first entry of the log" },
            ]}
            value={from}
            onValueChange={(next) => setFrom(next as "now" | "start")}
          />
        </Field>
      )}
    </FormDialog>
  );
}

/** A field's fault, as a sentence; a list's stands under its entry's path. */
function errorUnder(errors: Readonly<Record<string, string>>, path: string): string | undefined {
  const message = Object.entries(errors).find(([at]) => at === path || at.startsWith(`${path}.`))?.[1];
  return message && /^[a-z]/.test(message) ? `It ${message}.` : message;
}

function MadeSecret({ name, secret, onClose }: { name: string; secret: string; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`The signing secret of ${name}`}
      description="Its receiver checks signatures with it."
      footer={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <SecretField label="Signing secret" value={secret} masked="whsec_…" />
    </Dialog>
  );
}
