import Link from "next/link";
import { Card } from "@/components/ui/card";
import { Time } from "@/components/ui/time";
import { dueInWords } from "@/lib/oauth/secret-due";
import type { OverviewDto } from "@/lib/overview/schema";
import { FindingTitle } from "./finding-title";

/** Client secrets that are older than the policy lets them become, or will be soon. */
export function DueSecrets({ due }: { due: OverviewDto["secrets"] }) {
  if (due.count === 0) return null;
  return (
    <Card
      flush
      title={
        <FindingTitle tone="expiring" count={due.count}>
          Client secrets to replace
        </FindingTitle>
      }
      description={
        due.count > due.secrets.length
          ? "Issue a new one, move the agent to it, revoke the old one. The oldest are shown."
          : "Issue a new one, move the agent to it, revoke the old one."
      }
    >
      <ul className="divide-hairline divide-y">
        {due.secrets.map(({ id, masked, agent, dueAt, dueInDays, lastUsedAt }) => (
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
                {dueInDays === null ? (
                  <>
                    overdue, was due <Time at={dueAt} />
                  </>
                ) : (
                  dueInWords(dueInDays)
                )}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
