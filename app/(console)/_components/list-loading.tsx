import { PageHeader } from "@/components/ui/page-header";
import { Skeleton, TableSkeleton } from "@/components/ui/skeleton";

/**
 * A list's screen until its rows are there. It stands in the route group `(list)`, never above an `[id]` page: once a
 * loading state has been sent the status is 200, and a thing that is not there must answer 404.
 */
export function ListLoading({ title }: { title: string }) {
  return (
    <>
      <PageHeader title={title} />
      <div className="flex flex-col gap-3">
        <Skeleton className="h-9 w-full" />
        <TableSkeleton rows={10} />
      </div>
    </>
  );
}
