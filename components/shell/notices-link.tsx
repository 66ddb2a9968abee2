import { Bell } from "lucide-react";
import Link from "next/link";
import { cn } from "@/components/ui/class-names";

/** The link's name for those who do not see its mark. */
export const noticesLabel = (unseen: number): string => `Notices, ${unseen} new`;

/** The way to one's notices, with a mark where some wait. */
export function NoticesLink({
  unseen,
  current,
  onNavigate,
}: {
  unseen: number;
  current: boolean;
  /** The link was followed (the drawer closes). */
  onNavigate?: () => void;
}) {
  return (
    <Link
      href="/notices"
      onClick={onNavigate}
      aria-current={current ? "page" : undefined}
      aria-label={unseen > 0 ? noticesLabel(unseen) : undefined}
      className={cn(
        "text-body mb-1 flex h-8 items-center gap-2.5 rounded-md px-2 font-medium -outline-offset-2 pointer-coarse:h-11",
        current ? "bg-raised text-ink" : "text-ink-2 hover:bg-raised/70 hover:text-ink",
      )}
    >
      <Bell aria-hidden className={cn("size-4", current ? "text-accent" : "text-ink-3")} />
      <span className="flex-1">Notices</span>
      {unseen > 0 ? (
        <span className="bg-deny-tint text-deny text-meta rounded-sm px-1.5 font-medium tabular-nums">{unseen}</span>
      ) : null}
    </Link>
  );
}
