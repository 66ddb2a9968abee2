import { Bot, MessagesSquare } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import { StatusBadge } from "@/components/ui/status-badge";
import type { AgentDto } from "@/lib/agent/schema";

/** Whether an agent's tokens work; an orphaned one waits for somebody to take it over. */
export function AgentStatusBadge({ agent }: { agent: Pick<AgentDto, "status" | "orphaned"> }) {
  if (agent.status === "suspended") return <StatusBadge tone="deny">Suspended</StatusBadge>;
  if (agent.orphaned) return <StatusBadge tone="expiring">Orphaned</StatusBadge>;
  return <StatusBadge tone="allow">Active</StatusBadge>;
}

/** A program on its own, or one through which a person acts. */
export function AgentKindBadge({ kind }: { kind: AgentDto["kind"] }) {
  const Icon = kind === "machine" ? Bot : MessagesSquare;
  return (
    <Badge>
      <Icon aria-hidden className="size-3" />
      {kind}
    </Badge>
  );
}
