"use client";

import { useState } from "react";
import { useAction } from "@/components/session/use-action";
import type { ServerDto } from "@/lib/server/schema";
import type { ImportResult } from "@/lib/tool/schema";
import { importToolsAction } from "../actions";
import { toImportInput, type ImportDraft } from "./import-draft";

/** What becomes of new tools. */
export type Assign = "suggested" | "none";

function told({ added, changed, removed }: ImportResult): string {
  return `Imported: ${added.length} new, ${changed.length} changed, ${removed.length} gone`;
}

/** An import in two steps: a look that changes nothing, then the import of what was shown. Errors lose nothing typed. */
export function useImport(server: ServerDto, onImported: () => void) {
  const [draft, setDraft] = useState<ImportDraft>({ url: server.importUrl ?? server.resource, headers: [] });
  const [look, setLook] = useState<{ asked: ImportDraft; result: ImportResult } | null>(null);
  const looking = useAction(importToolsAction, { toastErrors: false });
  const importing = useAction(importToolsAction, { success: told, onSuccess: onImported, toastErrors: false });
  const error = importing.error ?? looking.error;
  const input = { serverId: server.id, ...toImportInput(draft) };
  return {
    draft,
    setDraft,
    /** What was seen there; null once anything typed differs from what was asked with. */
    seen: look?.asked === draft ? look.result : null,
    looking: looking.pending,
    importing: importing.pending,
    fieldErrors: { ...looking.fieldErrors, ...importing.fieldErrors },
    /** The last failure, where no field shows it. */
    failure: error && !showsByField(error.fields) ? error : null,
    lookAtTools: async () => {
      importing.reset();
      setLook(null);
      const answer = await looking.run({ ...input, dryRun: true });
      if (answer.ok) setLook({ asked: draft, result: answer.data });
    },
    importTools: (assign: Assign) => void importing.run({ ...input, assign }),
  };
}

function showsByField(fields: readonly { path: string }[]): boolean {
  return fields.length > 0 && fields.every(({ path }) => path === "url" || path.startsWith("headers."));
}
