"use client";

import { Bell, Bookmark, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState, type FormEvent } from "react";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { CheckboxField } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Menu, type MenuItem } from "@/components/ui/menu";
import type { SavedSearchDto } from "@/lib/saved-search/schema";
import { removeSavedSearchAction, saveSearchAction } from "../saved-actions";
import { auditHref } from "./audit-url";

/** The saved searches beside the query: to open one, to keep the present one, and to remove one's own. */
export function SavedMenu({ searches, params }: { searches: readonly SavedSearchDto[]; params: string }) {
  const router = useRouter();
  const [saving, setSaving] = useState(false);
  const [removing, setRemoving] = useState(false);
  const address = new URLSearchParams(params);
  const query = address.get("q") ?? "";
  const mine = searches.filter(({ changeable }) => changeable);
  const items: MenuItem[] = [
    ...searches.map(({ name, query: text, shared, owner, alert }): MenuItem => ({
      label: name,
      icon: alert ? <Bell aria-label="alerts" /> : <Bookmark aria-hidden />,
      hint: shared ? owner.name : undefined,
      href: auditHref(address, { q: text, at: null }),
    })),
    ...(searches.length > 0 ? [{ separator: true } as const] : []),
    { label: "Save this search…", disabled: query === "", onSelect: () => setSaving(true) },
    ...(mine.length > 0 ? [{ label: "Remove one…", icon: <Trash2 aria-hidden />, onSelect: () => setRemoving(true) }] : []),
  ]; // prettier-ignore
  return (
    <>
      <Menu
        align="start"
        trigger={
          <Button>
            <Bookmark aria-hidden />
            Saved
          </Button>
        }
        items={items}
      />
      <SaveDialog key={`${saving}`} open={saving} query={query} onClose={() => setSaving(false)} onSaved={router.refresh} />
      <RemoveDialog open={removing} searches={mine} onClose={() => setRemoving(false)} onRemoved={router.refresh} />
    </>
  ); // prettier-ignore
}

type SaveProps = { open: boolean; query: string; onClose: () => void; onSaved: () => void };

function SaveDialog({ open, query, onClose, onSaved }: SaveProps) {
  const [alerts, setAlerts] = useState(false);
  const [shared, setShared] = useState(false);
  const { run, pending, fieldErrors } = useAction(saveSearchAction, {
    success: "Search saved",
    onSuccess: () => {
      onClose();
      onSaved();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    void run({
      ...{ name: String(given.get("name") ?? ""), query, shared },
      alert: alerts ? { threshold: Number(given.get("threshold")), windowSeconds: Number(given.get("minutes")) * 60 } : null, // prettier-ignore
    });
  };
  return (
    <Dialog open={open} onOpenChange={(next) => (next ? undefined : onClose())} title="Save this search">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <p className="mono bg-page border-hairline text-meta max-h-24 overflow-auto rounded-md border p-2 wrap-anywhere">
          {query}
        </p>
        <Field label="Name" error={fieldErrors.name}>
          <Input name="name" data-autofocus maxLength={100} autoComplete="off" required />
        </Field>
        <CheckboxField
          checked={shared}
          onCheckedChange={(on) => setShared(on === true)}
          label="Share it with everybody who may read the log"
        />
        <CheckboxField
          checked={alerts}
          onCheckedChange={(on) => setAlerts(on === true)}
          label={shared ? "Tell the admins when entries match" : "Tell me when entries match"}
        />
        {alerts ? (
          <div className="grid grid-cols-2 gap-3">
            <Field label="Entries" error={fieldErrors["alert.threshold"]}>
              <Input name="threshold" type="number" min={1} max={1000} defaultValue={1} required />
            </Field>
            <Field label="Within minutes" error={fieldErrors["alert.windowSeconds"]}>
              <Input name="minutes" type="number" min={1} max={10080} defaultValue={5} required />
            </Field>
          </div>
        ) : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={pending}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

type RemoveProps = {
  open: boolean;
  searches: readonly SavedSearchDto[];
  onClose: () => void;
  onRemoved: () => void;
};

function RemoveDialog({ open, searches, onClose, onRemoved }: RemoveProps) {
  const { run, pending } = useAction(removeSavedSearchAction, { success: "Search removed", onSuccess: onRemoved });
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? undefined : onClose())}
      title="Remove a saved search"
      description="Its alert ends with it. What it told stays."
    >
      <ul className="divide-hairline divide-y">
        {searches.map(({ id, name, query }) => (
          <li key={id} className="flex items-center gap-3 py-2">
            <span className="min-w-0 flex-1">
              <span className="text-body block truncate">{name}</span>
              <span className="mono text-meta text-ink-2 block truncate">{query}</span>
            </span>
            <Button
              size="sm"
              variant="danger-quiet"
              busy={pending}
              aria-label={`Remove ${name}`}
              onClick={() => void run({ savedSearchId: id })}
            >
              Remove
            </Button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
