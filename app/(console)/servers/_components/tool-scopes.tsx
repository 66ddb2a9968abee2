"use client";

import { ChevronDown } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { FieldMessage } from "@/components/ui/field";
import { Popover } from "@/components/ui/popover";
import { toast } from "@/components/ui/toast";
import type { ToolDto } from "@/lib/tool/schema";
import { updateToolAction } from "../actions";
import { ScopeCombobox, type ScopeOption } from "./scope-combobox";
import { useCreateScope } from "./use-create-scope";

/** The scopes that a caller of the tool needs, changed in place, with a way back. */
export function ToolScopes({
  tool,
  scopes,
  mayCreateScopes,
}: {
  tool: ToolDto;
  scopes: readonly ScopeOption[];
  mayCreateScopes: boolean;
}) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      label={`Scopes that ${tool.name} requires`}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <button
          type="button"
          aria-label={`Scopes of ${tool.name}: ${tool.scopes.join(", ") || "none"}. Change`}
          className="hover:bg-raised data-[state=open]:bg-raised -mx-1.5 flex min-h-7 max-w-full items-center gap-1.5 rounded-md px-1.5 py-1 text-left pointer-coarse:min-h-11"
        >
          <ScopeNames names={tool.scopes} />
          <ChevronDown aria-hidden className="text-ink-3 size-3.5 shrink-0" />
        </button>
      }
    >
      <Editor tool={tool} scopes={scopes} mayCreateScopes={mayCreateScopes} onClose={() => setOpen(false)} />
    </Popover>
  );
}

/** Required scopes, one below the other; *closed* in words where there is none. */
export function ScopeNames({ names }: { names: readonly string[] }) {
  if (names.length === 0) return <span className="text-ink-2">none: nobody may call it</span>;
  return (
    <span className="mono text-meta flex min-w-0 flex-col wrap-anywhere">
      {names.map((name) => (
        <span key={name}>{name}</span>
      ))}
    </span>
  );
}

function Editor({
  tool,
  scopes,
  mayCreateScopes,
  onClose,
}: {
  tool: ToolDto;
  scopes: readonly ScopeOption[];
  mayCreateScopes: boolean;
  onClose: () => void;
}) {
  const router = useRouter();
  const [draft, setDraft] = useState<string[]>(tool.scopes);
  const { known, create, error: scopeError } = useCreateScope(tool.serverId, scopes);
  const { run, pending, fieldErrors } = useAction(updateToolAction, { onSuccess: () => router.refresh() });
  const same = [...draft].sort().join(" ") === [...tool.scopes].sort().join(" ");
  const save = async () => {
    if (!(await run({ toolId: tool.id, scopes: draft })).ok) return;
    onClose();
    const said = draft.length === 0 ? `${tool.name} is closed` : `${tool.name} requires ${draft.join(", ")}`;
    toast.undo(said, () => void run({ toolId: tool.id, scopes: tool.scopes }));
  };
  const closes = draft.length === 0 && tool.scopes.length > 0;
  const problem = scopeError ?? Object.values(fieldErrors)[0];
  return (
    <div className="flex w-72 flex-col gap-2">
      <p className="text-meta text-ink-2">
        A caller needs all of them. {closes ? "With none, every call is refused from now on." : null}
      </p>
      <ScopeCombobox
        scopes={known}
        value={draft}
        onChange={setDraft}
        suggestedAccess={tool.suggestedAccess}
        onCreate={mayCreateScopes ? create : undefined}
        autoFocus
      />
      {problem ? <FieldMessage>{problem}</FieldMessage> : null}
      <div className="flex justify-end gap-2">
        <Button size="sm" onClick={onClose}>
          Cancel
        </Button>
        <Button
          size="sm"
          variant={closes ? "danger" : "primary"}
          busy={pending}
          disabledReason={same ? "Nothing is changed yet" : null}
          onClick={() => void save()}
        >
          {closes ? "Close the tool" : "Save"}
        </Button>
      </div>
    </div>
  );
}
