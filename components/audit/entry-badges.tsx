import { Badge } from "@/components/ui/badge";
import { cn } from "@/components/ui/class-names";
import { StatusGlyph } from "@/components/ui/status-badge";
import { badgeMeaning, badgeTone, badgeWords } from "./badge-words";
import type { AuditEntryDto } from "@/lib/audit/schema";

/**
 * What strikes about an entry, in a word each; what exactly is told on hover. `dense`: in a row that has little room, the words are for
 * screen readers alone.
 */
export function EntryBadges({ badges, dense = false }: Pick<AuditEntryDto, "badges"> & { dense?: boolean }) {
  return badges.map((badge) => (
    <Badge key={badge.kind} tone={badgeTone(badge)} className={cn("relative shrink-0", dense && "px-1")}>
      <StatusGlyph tone={badgeTone(badge)} />
      <span
        title={badgeMeaning(badge)}
        className={dense ? "absolute inset-0 overflow-hidden opacity-0 @6xl:static @6xl:opacity-100" : undefined}
      >
        {badgeWords(badge)}
      </span>
    </Badge>
  ));
}

/** The same, each with its sentence: for one entry. */
export function ExplainedBadges({ badges }: Pick<AuditEntryDto, "badges">) {
  if (badges.length === 0) return null;
  return (
    <ul aria-label="What strikes" className="flex flex-col gap-1.5">
      {badges.map((badge) => (
        <li key={badge.kind} className="text-body flex flex-wrap items-center gap-x-2 gap-y-1">
          <EntryBadges badges={[badge]} />
          <span className="text-ink-2 min-w-0">{badgeMeaning(badge)}</span>
        </li>
      ))}
    </ul>
  );
}
