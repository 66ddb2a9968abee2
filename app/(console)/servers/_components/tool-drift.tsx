"use client";

import { useRouter } from "next/navigation";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { DiffView } from "@/components/ui/diff-view";
import type { ToolDto } from "@/lib/tool/schema";
import { updateToolAction } from "../actions";
import { definitionChanges } from "./definition-changes";

/** What the server changed of a tool since it was accepted, and the decision about it. */
export function ToolDrift({ tool, mayWrite }: { tool: ToolDto; mayWrite: boolean }) {
  const router = useRouter();
  const { run, pending } = useAction(updateToolAction, {
    success: `The new definition of ${tool.name} is accepted`,
    onSuccess: () => router.refresh(),
  });
  if (tool.drift === "removed" || !tool.pending)
    return (
      <Callout tone="expiring" title="The server no longer lists this tool">
        It stays here, callable by whoever holds its scopes, until it is deleted or listed again.
      </Callout>
    );
  return (
    <section className="border-hairline overflow-hidden rounded-lg border">
      <Callout
        tone="expiring"
        title="The server changed this tool"
        className="rounded-none"
        action={
          mayWrite ? (
            <Button
              size="sm"
              variant="primary"
              busy={pending}
              onClick={() => void run({ toolId: tool.id, acceptDrift: true })}
            >
              Accept
            </Button>
          ) : undefined
        }
      >
        What was accepted stays on record here until you accept the new definition. Its scopes do not change by it: see
        whether they still fit.
      </Callout>
      <DiffView className="px-3" changes={definitionChanges(tool, tool.pending)} />
    </section>
  );
}
