import { Skeleton, TableSkeleton } from "@/components/ui/skeleton";

/** The overview before its figures are there; its heading depends on them. */
export default function Loading() {
  return (
    <>
      <Skeleton className="mb-6 h-7 w-48" />
      <div className="mb-6 grid grid-cols-2 gap-3 lg:grid-cols-4">
        {["live", "first", "second", "refused"].map((stat) => (
          <Skeleton key={stat} className="h-20 rounded-lg" />
        ))}
      </div>
      <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <TableSkeleton rows={6} columns={3} />
        <Skeleton className="h-64 rounded-lg" />
      </div>
    </>
  );
}
