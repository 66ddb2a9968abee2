import Link from "next/link";
import type { ReactNode } from "react";
import { cn } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { RefetchRegion } from "@/components/ui/refetch-region";
import { StatusGlyph } from "@/components/ui/status-badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { AuditEntryDto } from "@/lib/audit/schema";
import { EntryBadges } from "./entry-badges";
import { actorWords, outcomeTone, rowTime, subjectWords } from "./entry-words";

const GLYPH_INK: Record<string, string> = { allow: "text-allow", deny: "text-deny" };

/**
 * Entries, a line each: for the audit screen, and for the history of one token, server or person. A server component;
 * each row links to the entry (by default, on the audit screen). `selected` is the id of the open one.
 */
export function EntryList({
  entries,
  label = "Audit entries",
  selected,
  hrefOf = (entry) => `/audit?range=all&entry=${entry.id}`,
  empty,
  framed = true,
  before,
}: {
  entries: readonly AuditEntryDto[];
  label?: string;
  selected?: string | null;
  hrefOf?: (entry: AuditEntryDto) => string;
  /** An `EmptyState`; *nothing is recorded yet* unless given. */
  empty?: ReactNode;
  /** False inside a card, which has a frame already. */
  framed?: boolean;
  /** Rows (`EntryRow`) above all others. */
  before?: ReactNode;
}) {
  return (
    <RefetchRegion>
      <div className={cn("@container", framed && "border-hairline bg-surface overflow-hidden rounded-lg border")}>
        {entries.length === 0 ? (
          (empty ?? (
            <EmptyState title="Nothing is recorded yet" description="What happens from now on is listed here." />
          ))
        ) : (
          <Table label={label} className="table-fixed">
            <TableHead>
              <TableRow>
                <TableHeader className="w-32 @lg:w-53">Time (UTC)</TableHeader>
                <TableHeader className="@lg:w-56">What</TableHeader>
                <TableHeader className="@max-lg:hidden">About</TableHeader>
                <TableHeader className="w-36 @max-4xl:hidden">Who</TableHeader>
                <TableHeader className="w-36 @max-2xl:hidden @3xl:w-44">Reason</TableHeader>
              </TableRow>
            </TableHead>
            <TableBody>
              {before}
              {entries.map((entry) => (
                <EntryRow key={entry.id} entry={entry} href={hrefOf(entry)} selected={entry.id === selected} />
              ))}
            </TableBody>
          </Table>
        )}
      </div>
    </RefetchRegion>
  );
}

const CELL = "h-7 py-0 @max-lg:h-11 @max-lg:py-1";

/** One entry in a line. */
export function EntryRow({ entry, href, selected }: { entry: AuditEntryDto; href: string; selected: boolean }) {
  const { day, time } = rowTime(entry.occurredAt);
  const tone = outcomeTone(entry.outcome);
  const about = subjectWords(entry);
  return (
    <TableRow data-selected={selected || undefined} className="focus-within:bg-raised/60 relative">
      <TableCell className={cn(CELL, "mono text-ink-2 truncate")}>
        <Link
          href={href}
          scroll={false}
          prefetch={false}
          data-entry-link
          aria-current={selected || undefined}
          aria-label={`${entry.action}, ${entry.outcome}, ${day} ${time} UTC`}
          className="-outline-offset-2 after:absolute after:inset-0 after:content-['']"
        >
          <span className="@max-lg:hidden">{day} </span>
          <span>{time}</span>
          <span className="block @lg:hidden">{day}</span>
        </Link>
      </TableCell>
      <TableCell className={CELL}>
        <span className="flex min-w-0 items-center gap-1.5">
          <span className={cn("flex shrink-0 items-center gap-1.5", GLYPH_INK[tone])}>
            <StatusGlyph tone={tone} />
            <span className="text-meta w-13 font-medium @max-lg:w-auto">{entry.outcome}</span>
          </span>
          <span className="mono truncate">{entry.action}</span>
        </span>
        <span className="text-meta text-ink-2 block truncate @lg:hidden">
          {[about, entry.outcome === "allow" ? null : entry.reason].filter(Boolean).join(" · ")}
        </span>
        <span className="flex flex-wrap gap-1 pb-0.5 empty:hidden @lg:hidden">
          <EntryBadges badges={entry.badges} />
        </span>
      </TableCell>
      <TableCell className={cn(CELL, "@max-lg:hidden")} title={about}>
        <span className="flex items-center gap-1.5">
          <span className="min-w-0 truncate">{about}</span>
          <EntryBadges dense badges={entry.badges} />
        </span>
      </TableCell>
      <TableCell className={cn(CELL, "text-ink-2 truncate @max-4xl:hidden")}>
        {entry.agent?.name ?? actorWords(entry)}
      </TableCell>
      <TableCell className={cn(CELL, "mono text-ink-2 truncate @max-2xl:hidden")}>{entry.reason}</TableCell>
    </TableRow>
  );
}
