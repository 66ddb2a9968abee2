"use client";

import { Download } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Drawer } from "@/components/ui/dialog";
import { FieldSet } from "@/components/ui/field";
import { RadioGroup } from "@/components/ui/radio-group";
import type { ServerDto } from "@/lib/server/schema";
import type { ImportResult } from "@/lib/tool/schema";
import { missingInImport } from "./import-draft";
import { ImportPreview } from "./import-preview";
import { ImportSource } from "./import-source";
import type { ScopeOption } from "./scope-combobox";
import { tabHref } from "./server-tabs";
import { useImport, type Assign } from "./use-import";

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
  const [assign, setAssign] = useState<Assign>(mayCreateScopes ? "suggested" : "none");
  const job = useImport(server, () => onClose(true));
  const missing = missingInImport(job.draft);
  return (
    <Drawer
      open
      width={720}
      onOpenChange={(open) => (open ? undefined : onClose(false))}
      title={`Import the tools of ${server.name}`}
      description="Look first: nothing changes until you import."
      footer={<Steps job={job} missing={missing} assign={assign} onCancel={() => onClose(false)} />}
    >
      <div className="flex flex-col gap-6">
        <form
          id="import-source"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!missing && !job.looking) void job.lookAtTools();
          }}
        >
          <ImportSource draft={job.draft} onChange={job.setDraft} fieldErrors={job.fieldErrors} />
        </form>
        {job.failure ? (
          <Callout tone="deny" alert title={job.failure.title}>
            {job.failure.detail}
          </Callout>
        ) : null}
        {job.seen ? (
          <ImportPreview result={job.seen} opens={assign === "suggested"} known={scopes.map(({ name }) => name)} />
        ) : null}
        {job.seen && job.seen.added.length > 0 ? (
          <AssignChoice value={assign} onChange={setAssign} mayCreateScopes={mayCreateScopes} />
        ) : null}
      </div>
    </Drawer>
  );
}

/** The buttons: look; then look again, or import. */
function Steps({
  job,
  missing,
  assign,
  onCancel,
}: {
  job: ReturnType<typeof useImport>;
  missing: string | null;
  assign: Assign;
  onCancel: () => void;
}) {
  return (
    <>
      <Button onClick={onCancel}>Cancel</Button>
      {job.seen ? (
        <>
          <Button busy={job.looking} onClick={() => void job.lookAtTools()}>
            Look again
          </Button>
          <Button variant="primary" busy={job.importing} onClick={() => job.importTools(assign)}>
            {importLabel(job.seen)}
          </Button>
        </>
      ) : (
        <Button variant="primary" type="submit" form="import-source" busy={job.looking} disabledReason={missing}>
          Look at its tools
        </Button>
      )}
    </>
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
