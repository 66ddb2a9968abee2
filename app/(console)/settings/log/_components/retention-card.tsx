import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { DescriptionList } from "@/components/ui/description-list";
import { Time } from "@/components/ui/time";
import type { RetentionDto } from "@/lib/audit/retention/schema";
import { ChangeRetention } from "./change-retention";

/** How long the log is kept, and whether the job that sees to it can do so. */
export function RetentionCard({ retention, mayWrite }: { retention: RetentionDto; mayWrite: boolean }) {
  const { days, hasFolder, fault, faultAt, lookedAt } = retention;
  return (
    <Card title="How long" actions={mayWrite ? <ChangeRetention key={days} retention={retention} /> : undefined}>
      <div className="flex flex-col gap-3">
        {fault ? (
          <Callout tone="deny" title="Nothing is archived just now, and nothing dropped">
            {fault} Since <Time at={faultAt} />.
          </Callout>
        ) : null}
        {days !== null && !hasFolder ? (
          <Callout tone="expiring" title="Archives have no folder">
            Nothing is dropped until GATEHOUSE_AUDIT_ARCHIVE names the folder that they go to.
          </Callout>
        ) : null}
        <DescriptionList
          items={[
            {
              term: "Entries stay",
              detail:
                days === null ? "for ever" : `${days} days at least, then they go to an archive with their proofs`,
            },
            { term: "Archives", detail: hasFolder ? "in the folder of GATEHOUSE_AUDIT_ARCHIVE" : "have no folder yet" },
            { term: "Last looked", detail: <Time at={lookedAt} /> },
          ]}
        />
      </div>
    </Card>
  );
}
