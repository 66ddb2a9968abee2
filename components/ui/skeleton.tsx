import { cn } from "./class-names";

/** A grey stand-in for what is still loading. Size it by class. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cn("bg-raised block h-4 animate-pulse rounded-sm", className)} />;
}

/** Stands in for a table: `rows` lines of `columns` bars, of uneven width so that it reads as text. */
export function TableSkeleton({ rows = 8, columns = 5 }: { rows?: number; columns?: number }) {
  const widths = ["w-2/3", "w-1/2", "w-3/4", "w-2/5", "w-3/5"];
  return (
    <div role="status" className="border-hairline bg-surface overflow-hidden rounded-lg border">
      <span className="sr-only">Loading…</span>
      <div className="bg-page border-hairline h-8 border-b" />
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="border-hairline flex h-9 items-center gap-6 border-b px-4 last:border-b-0">
          {Array.from({ length: columns }, (_, column) => (
            <span key={column} className="min-w-0 flex-1">
              <Skeleton className={cn("h-3", widths[(row * 3 + column * 2) % widths.length])} />
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}
