"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { EntityOption } from "@/components/entity/entity-picker";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { AgentDto } from "@/lib/agent/schema";
import { counted } from "@/lib/counted";
import { RevokeTokensOf } from "../../_components/revoke-tokens-of";
import { updateAgentAction } from "../actions";
import { EditAgent } from "./edit-agent";

/** What may be done with an agent; the page hands over what the reader may, and the verbs decide. */
export function AgentActions({
  agent,
  owners,
  mayWrite,
  mayRevoke,
}: {
  agent: AgentDto;
  owners: readonly EntityOption[];
  mayWrite: boolean;
  mayRevoke: boolean;
}) {
  const [open, setOpen] = useState<"edit" | "suspend" | "revoke" | null>(null);
  const close = () => setOpen(null);
  const router = useRouter();
  const { run, pending } = useAction(updateAgentAction, {
    success: (after) => (after.status === "active" ? "Activated" : "Suspended: its tokens are refused from now on"),
    onSuccess: () => router.refresh(),
  });
  const tokens = counted(agent.liveTokens, "live token");
  const unanswered = agent.orphaned || agent.owner === null;
  return (
    <>
      {mayRevoke && agent.liveTokens + agent.liveConnections > 0 ? (
        <Button variant="danger-quiet" onClick={() => setOpen("revoke")}>
          Revoke all tokens
        </Button>
      ) : null}
      {mayWrite && agent.status === "suspended" ? (
        <Button busy={pending} onClick={() => void run({ agentId: agent.id, status: "active" })}>
          Activate
        </Button>
      ) : null}
      {mayWrite && agent.status === "active" ? (
        <Button variant="danger-quiet" onClick={() => setOpen("suspend")}>
          Suspend
        </Button>
      ) : null}
      {mayWrite ? <Button onClick={() => setOpen("edit")}>{unanswered ? "Take over" : "Edit"}</Button> : null}
      {open === "edit" ? <EditAgent agent={agent} owners={owners} onClose={close} /> : null}
      {open === "revoke" ? <RevokeTokensOf by="agents" subject={agent} onClose={close} /> : null}
      <ConfirmDialog
        open={open === "suspend"}
        onOpenChange={(next) => (next ? undefined : close())}
        title={`Suspend ${agent.name}?`}
        consequence={`${tokens} stop working at once, those of people through it among them, and what it got by OAuth. Activating it again brings them back.`}
        confirmLabel="Suspend"
        onConfirm={async () => (await run({ agentId: agent.id, status: "suspended" })).ok}
      />
    </>
  );
}
