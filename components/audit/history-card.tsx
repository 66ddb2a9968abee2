import { ButtonLink } from "@/components/ui/button-link";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import type { AuditEntryDto } from "@/lib/audit/schema";
import { EntryList } from "./entry-list";

/** The newest entries about one thing, with the way to all of them. `query` is the audit screen's filter for it. */
export function HistoryCard({
  entries,
  query,
  description = "Newest first.",
}: {
  entries: readonly AuditEntryDto[];
  /** Like `token=tok_…` or `target=rol_…`. */
  query: string;
  description?: string;
}) {
  return (
    <Card
      title="History"
      description={description}
      flush
      actions={
        <ButtonLink size="sm" href={`/audit?range=all&${query}`}>
          All in the audit log
        </ButtonLink>
      }
    >
      <EntryList
        framed={false}
        label="History"
        entries={entries}
        empty={<EmptyState title="Nothing is recorded yet" description="What happens from now on appears here." />}
      />
    </Card>
  );
}
