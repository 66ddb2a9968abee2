import { Skeleton, TableSkeleton } from "@/components/ui/skeleton";

/** Stands in for a screen until its data is there: a heading and a list. */
export default function ConsoleLoading() {
  return (
    <>
      <div className="mb-6 flex items-end justify-between">
        <Skeleton className="h-7 w-48" />
        <Skeleton className="h-8 w-28" />
      </div>
      <TableSkeleton rows={10} />
    </>
  );
}
