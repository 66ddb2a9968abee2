import type { PersonCtx } from "@/app/_lib/ctx";
import { Tabs } from "@/components/ui/tabs";
import { may } from "@/lib/authz/require";

/** The lists of the agents' screen: the programs, what people have let them do, and what people ask the admins about them. */
export function AgentsTabs({ ctx, current }: { ctx: PersonCtx; current: "agents" | "connected" | "approvals" }) {
  return (
    <Tabs
      label="About agents"
      current={current}
      tabs={[
        { value: "agents", label: "Agents", href: "/agents" },
        { value: "connected", label: "Connected", href: "/agents/connected" },
        ...(may(ctx, "grant.read") ? [{ value: "approvals", label: "Approvals", href: "/agents/approvals" }] : []),
      ]}
    />
  );
}
