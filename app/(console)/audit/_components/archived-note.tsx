import Link from "next/link";
import { Callout } from "@/components/ui/callout";
import type { ArchivedTimeDto } from "@/lib/audit/schema";

const day = (moment: string) => moment.slice(0, 10);

/** Says below the last entry that the search reaches into times which are in archives, so that nobody takes the end for the whole. */
export function ArchivedNote({ archived }: { archived: ArchivedTimeDto | undefined }) {
  if (!archived) return null;
  const { from, to, entries } = archived;
  const between = from === null ? `before ${day(to)}` : `between ${day(from)} and ${day(to)}`;
  return (
    <div className="pt-3">
      <Callout tone="info">
        {entries.toLocaleString("en-US")} entries from {between} are in archives, and were not searched.{" "}
        <Link href="/settings/log" className="text-accent underline">
          Where they are
        </Link>
      </Callout>
    </div>
  );
}
