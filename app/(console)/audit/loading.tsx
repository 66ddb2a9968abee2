import { PageHeader } from "@/components/ui/page-header";
import { Skeleton, TableSkeleton } from "@/components/ui/skeleton";

/** The audit screen before its list is there. */
export default function Loading() {
  return (
    <>
      <PageHeader title="Audit log" />
      <div className="flex flex-col gap-3">
        <Skeleton className="h-9 w-full" />
        <Skeleton className="h-36 w-full" />
        <TableSkeleton rows={16} columns={5} />
      </div>
    </>
  );
}
