import { Tabs } from "@/components/ui/tabs";

/** The two lists of the agents' screen: the programs, and what people have let them do. */
export function AgentsTabs({ current }: { current: "agents" | "connected" }) {
  return (
    <Tabs
      label="About agents"
      current={current}
      tabs={[
        { value: "agents", label: "Agents", href: "/agents" },
        { value: "connected", label: "Connected", href: "/agents/connected" },
      ]}
    />
  );
}
