import Link from "next/link";
import { Card } from "@/components/ui/card";
import { Time } from "@/components/ui/time";
import type { OverviewDto } from "@/lib/overview/schema";
import { FindingTitle } from "./finding-title";

/** Client secrets that are older than the policy lets them become. */
export function OverdueSecrets({ overdue }: { overdue: OverviewDto["secrets"] }) {
  if (overdue.count === 0) return null;
  return (
    <Card
      flush
      title={
        <FindingTitle tone="expiring" count={overdue.count}>
          Client secrets overdue
        </FindingTitle>
      }
      description={
        overdue.count > overdue.secrets.length
          ? "Issue a new one, move the agent to it, revoke the old one. The oldest are shown."
          : "Issue a new one, move the agent to it, revoke the old one."
      }
    >
      <ul className="divide-hairline divide-y">
        {overdue.secrets.map(({ id, masked, agent, dueAt, lastUsedAt }) => (
          <li key={id}>
            <Link
              href={`/agents/${agent.id}`}
              className="hover:bg-raised/60 flex min-h-11 flex-wrap items-center gap-x-4 gap-y-0.5 px-4 py-1.5 -outline-offset-2"
            >
              <span className="min-w-0 flex-1 basis-40">
                <span className="text-body text-ink block truncate font-medium">{agent.name}</span>
                <span className="text-meta text-ink-2 block truncate">
                  <span className="mono">{masked}</span>, used <Time at={lastUsedAt} never="never" />
                </span>
              </span>
              <span className="text-meta text-ink-2 whitespace-nowrap">
                due <Time at={dueAt} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
