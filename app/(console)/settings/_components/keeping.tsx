import { ButtonLink } from "@/components/ui/button-link";
import { Card } from "@/components/ui/card";
import { StatusBadge } from "@/components/ui/status-badge";
import type { RetentionDto } from "@/lib/audit/retention/schema";

/** How long the log is kept, in a line, and the way to its partitions and legal holds. */
export function Keeping({ retention: { days, hasFolder, fault } }: { retention: RetentionDto }) {
  const isStuck = fault !== null || (days !== null && !hasFolder);
  return (
    <Card
      title="Keeping the log"
      description="How long entries of the audit log stay here, legal holds, and the archives of what has left."
      actions={
        <ButtonLink size="sm" href="/settings/log">
          Partitions and holds
        </ButtonLink>
      }
    >
      <p className="text-body text-ink flex flex-wrap items-center gap-2">
        {days === null ? "Entries stay for ever." : `Entries stay for ${days} days at least.`}
        {isStuck ? <StatusBadge tone="expiring">nothing is archived just now</StatusBadge> : null}
      </p>
    </Card>
  );
}
