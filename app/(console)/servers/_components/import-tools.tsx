"use client";

import { Download } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Drawer } from "@/components/ui/dialog";
import { FieldSet } from "@/components/ui/field";
import { RadioGroup } from "@/components/ui/radio-group";
import type { ServerDto } from "@/lib/server/schema";
import type { ImportResult } from "@/lib/tool/schema";
import { importToolsAction } from "../actions";
import { missingInImport, toImportInput, type ImportDraft } from "./import-draft";
import { ImportPreview } from "./import-preview";
import { ImportSource } from "./import-source";
import type { ScopeOption } from "./scope-combobox";
import { tabHref } from "./server-tabs";

type Assign = "suggested" | "none";

/** The button that imports tools from the running server, and its panel. */
export function ImportTools({
  server,
  scopes,
  mayCreateScopes,
  initiallyOpen,
}: {
  server: ServerDto;
  scopes: readonly ScopeOption[];
  mayCreateScopes: boolean;
  initiallyOpen: boolean;
}) {
  const router = useRouter();
  const [open, setOpen] = useState(initiallyOpen);
  const close = (imported: boolean) => {
    setOpen(false);
    // Where the address asked for the panel, a reload shall not bring it back; a new address fetches the page anew.
    if (initiallyOpen) router.replace(tabHref(server.id, "tools"), { scroll: false });
    else if (imported) router.refresh();
  };
  return (
    <>
      <Button variant="primary" onClick={() => setOpen(true)}>
        <Download aria-hidden />
        Import
      </Button>
      {open ? <ImportPanel server={server} scopes={scopes} mayCreateScopes={mayCreateScopes} onClose={close} /> : null}
    </>
  );
}

function told({ added, changed, removed }: ImportResult): string {
  return `Imported: ${added.length} new, ${changed.length} changed, ${removed.length} gone`;
}

/** Looks first, changes nothing; imports what was shown. What is typed stays, whatever the server answers. */
function ImportPanel({
  server,
  scopes,
  mayCreateScopes,
  onClose,
}: {
  server: ServerDto;
  scopes: readonly ScopeOption[];
  mayCreateScopes: boolean;
  onClose: (imported: boolean) => void;
}) {
  const [draft, setDraft] = useState<ImportDraft>({ url: server.importUrl ?? server.resource, headers: [] });
  const [seen, setSeen] = useState<ImportResult | null>(null);
  const [assign, setAssign] = useState<Assign>(mayCreateScopes ? "suggested" : "none");
  const looking = useAction(importToolsAction, { onSuccess: setSeen, toastErrors: false });
  const importing = useAction(importToolsAction, {
    success: told,
    onSuccess: () => onClose(true),
    toastErrors: false,
  });
  const error = importing.error ?? looking.error;
  const fieldErrors = { ...looking.fieldErrors, ...importing.fieldErrors };
  const change = (next: ImportDraft) => {
    setDraft(next);
    setSeen(null);
  };
  const look = () => {
    importing.reset();
    setSeen(null);
    void looking.run({ serverId: server.id, ...toImportInput(draft), dryRun: true });
  };
  const missing = missingInImport(draft);
  const shownByField = error?.fields.every(({ path }) => path === "url" || path.startsWith("headers."));
  return (
    <Drawer
      open
      width={720}
      onOpenChange={(open) => (open ? undefined : onClose(false))}
      title={`Import the tools of ${server.name}`}
      description="Look first: nothing changes until you import."
      footer={
        <>
          <Button onClick={() => onClose(false)}>Cancel</Button>
          {seen ? (
            <>
              <Button busy={looking.pending} onClick={look}>
                Look again
              </Button>
              <Button
                variant="primary"
                busy={importing.pending}
                onClick={() => void importing.run({ serverId: server.id, ...toImportInput(draft), assign })}
              >
                {importLabel(seen)}
              </Button>
            </>
          ) : (
            <Button
              variant="primary"
              type="submit"
              form="import-source"
              busy={looking.pending}
              disabledReason={missing}
            >
              Look at its tools
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-6">
        <form
          id="import-source"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!missing && !looking.pending) look();
          }}
        >
          <ImportSource draft={draft} onChange={change} fieldErrors={fieldErrors} />
        </form>
        {error && !(error.fields.length > 0 && shownByField) ? (
          <Callout tone="deny" alert title={error.title}>
            {error.detail}
          </Callout>
        ) : null}
        {seen ? (
          <>
            <ImportPreview result={seen} opens={assign === "suggested"} known={scopes.map(({ name }) => name)} />
            {seen.added.length > 0 ? (
              <AssignChoice value={assign} onChange={setAssign} mayCreateScopes={mayCreateScopes} />
            ) : null}
          </>
        ) : null}
      </div>
    </Drawer>
  );
}

function importLabel({ added, changed, removed }: ImportResult): string {
  if (added.length > 0) return added.length === 1 ? "Import one new tool" : `Import ${added.length} new tools`;
  return changed.length + removed.length > 0 ? "Note the changes" : "Note that nothing changed";
}

function AssignChoice({
  value,
  onChange,
  mayCreateScopes,
}: {
  value: Assign;
  onChange: (value: Assign) => void;
  mayCreateScopes: boolean;
}) {
  return (
    <FieldSet legend="New tools">
      <RadioGroup
        look="cards"
        aria-label="New tools"
        value={value}
        onValueChange={(next) => onChange(next as Assign)}
        options={[
          {
            value: "suggested",
            label: "Open each to its suggested scope",
            description:
              "Scopes that are missing are made. The suggestion rests on what the server claims of its tools.",
            disabled: !mayCreateScopes,
          },
          {
            value: "none",
            label: "Leave them closed",
            description: "Nobody may call them until you set their scopes.",
          },
        ]}
      />
    </FieldSet>
  );
}
