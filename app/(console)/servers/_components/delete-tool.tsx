"use client";

import { useRouter } from "next/navigation";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { ToolDto } from "@/lib/tool/schema";
import { deleteToolAction } from "../actions";

/** Deletes a tool, with one question. */
export function DeleteTool({ tool, onDeleted }: { tool: ToolDto; onDeleted: () => void }) {
  const router = useRouter();
  const { run } = useAction(deleteToolAction, {
    success: `${tool.name} is deleted`,
    onSuccess: () => {
      onDeleted();
      router.refresh();
    },
  });
  return (
    <ConfirmDialog
      trigger={<Button variant="danger-quiet">Delete the tool</Button>}
      title={
        <>
          Delete <span className="mono">{tool.name}</span>?
        </>
      }
      consequence={
        <>
          {tool.scopes.length > 0 ? "Calls of it are refused from now on. " : "It is closed: nobody can call it now. "}
          Its entries in the audit log stay.
          {tool.source === "import" && tool.drift !== "removed"
            ? " The server still lists it, so the next import brings it back."
            : ""}
        </>
      }
      confirmLabel="Delete tool"
      onConfirm={async () => (await run({ toolId: tool.id })).ok}
    />
  );
}
