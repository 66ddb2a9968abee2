"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useQueryDraft } from "@/components/audit/query-draft";
import { QueryField } from "@/components/audit/query-field";
import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { CheckboxField } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input } from "@/components/ui/input";
import type { SavedSearchDto } from "@/lib/saved-search/schema";
import { suggestAuditAction } from "../actions";
import { saveSearchAction, updateSavedSearchAction } from "../saved-actions";

/** Keeps the present search, or changes one that is kept. */
export function SearchDialog({
  search,
  query,
  onClose,
}: {
  search: SavedSearchDto | null;
  query: string;
  onClose: () => void;
}) {
  const router = useRouter();
  const [name, setName] = useState(search?.name ?? "");
  const [shared, setShared] = useState(search?.shared ?? false);
  const [alerts, setAlerts] = useState((search?.alert ?? null) !== null);
  const [threshold, setThreshold] = useState(String(search?.alert?.threshold ?? 1));
  const [minutes, setMinutes] = useState(String((search?.alert?.windowSeconds ?? 300) / 60));
  const asking = useQueryDraft(query);
  const onSuccess = () => {
    router.refresh();
    onClose();
  };
  const create = useAction(saveSearchAction, { success: "Search saved", toastErrors: false, onSuccess });
  const update = useAction(updateSavedSearchAction, { success: "Search changed", toastErrors: false, onSuccess });
  const { error, fieldErrors } = search ? update : create;
  const submit = () => {
    const text = asking.send();
    if (text === null) return;
    const alert = alerts ? { threshold: Number(threshold), windowSeconds: Math.round(Number(minutes) * 60) } : null;
    const given = { name: name.trim(), query: text, shared, alert };
    if (search) void update.run({ savedSearchId: search.id, ...given });
    else void create.run(given);
  };
  const owner = search?.owner.name;
  return (
    <FormDialog
      title={search ? `Change ${search.name}` : "Save this search"}
      submitLabel="Save"
      busy={create.pending || update.pending}
      missing={!name.trim() ? "Give it a name first" : asking.draft.text.trim() === "" ? "Give the query first" : null}
      noValidate
      onSubmit={submit}
      onClose={onClose}
    >
      <ActionFailure error={error} forbidden="Only its owner may change it, or an admin once it is shared." />
      <Field label="Name" required error={fieldErrors.name}>
        <Input
          data-autofocus
          maxLength={100}
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <QueryField form={asking} error={fieldErrors.query} label="Query" suggest={suggestAuditAction} />
      <CheckboxField
        checked={shared}
        onCheckedChange={(on) => setShared(on === true)}
        label="Share it with everybody who may read the log"
      />
      <CheckboxField
        checked={alerts}
        onCheckedChange={(on) => setAlerts(on === true)}
        label={shared ? "Tell the admins when entries match" : `Tell ${owner ?? "me"} when entries match`}
        description={
          search?.alert ? "With another query, number or time it begins anew with the next entry." : undefined
        }
      />
      {alerts ? (
        <div className="grid grid-cols-2 gap-3">
          <Field label="Entries" required error={fieldErrors["alert.threshold"]}>
            <Input inputMode="numeric" value={threshold} onChange={(event) => setThreshold(event.target.value)} />
          </Field>
          <Field label="Within minutes" required error={fieldErrors["alert.windowSeconds"]}>
            <Input inputMode="decimal" value={minutes} onChange={(event) => setMinutes(event.target.value)} />
          </Field>
        </div>
      ) : null}
    </FormDialog>
  );
}
