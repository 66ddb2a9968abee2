import type { ReactNode } from "react";
import { Callout } from "./callout";
import { cn } from "./class-names";
import { RefetchRegion } from "./refetch-region";
import { SortHeader, type Sorting } from "./sort-header";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "./table";

export type Column<Row> = {
  key: string;
  header: ReactNode;
  cell: (row: Row) => ReactNode;
  /** The value of `?sort=` that sorts by this column on the server. */
  sortKey?: string;
  /** The order of the first click on its head. */
  firstOrder?: "asc" | "desc";
  align?: "right";
  /** The narrowest screen that shows it; always unless given. */
  from?: "sm" | "md" | "lg" | "xl";
  /** Hides the head's words, for a column of buttons. */
  hideHeader?: boolean;
  className?: string;
};

const FROM = {
  sm: "max-sm:hidden",
  md: "max-md:hidden",
  lg: "max-lg:hidden",
  xl: "max-xl:hidden",
} as const;

/**
 * A list as a real table, sorted and paged by the server. It has no hooks: pages may render it on the server, and client
 * components too. Loading is `TableSkeleton` (in `loading.tsx` or a Suspense fallback); refetching dims it by itself.
 */
export function DataTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  sorting,
  empty,
  error,
  partial,
  rowClassName,
}: {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  sorting?: Sorting;
  /** An `EmptyState`: pass *nothing yet* or *nothing matches*, as the case is. */
  empty: ReactNode;
  /** Why the list could not be read; shown instead of rows. */
  error?: ReactNode;
  /** Why it is not all (some of it could not be read); shown above the rows. */
  partial?: ReactNode;
  rowClassName?: (row: Row) => string | undefined;
}) {
  return (
    <RefetchRegion>
      <div className="border-hairline bg-surface overflow-hidden rounded-lg border">
        {partial ? (
          <Callout tone="expiring" className="rounded-none">
            {partial}
          </Callout>
        ) : null}
        {error ? (
          <Callout tone="deny" alert className="m-4">
            {error}
          </Callout>
        ) : rows.length === 0 ? (
          empty
        ) : (
          <Table label={label}>
            <TableHead>
              <TableRow>
                {columns.map((column) => (
                  <ColumnHead key={column.key} column={column} sorting={sorting} />
                ))}
              </TableRow>
            </TableHead>
            <TableBody>
              {rows.map((row) => (
                <TableRow key={rowKey(row)} className={rowClassName?.(row)}>
                  {columns.map((column) => (
                    <TableCell
                      key={column.key}
                      data-align={column.align}
                      className={cn(column.from && FROM[column.from], column.className)}
                    >
                      {column.cell(row)}
                    </TableCell>
                  ))}
                </TableRow>
              ))}
            </TableBody>
          </Table>
        )}
      </div>
    </RefetchRegion>
  );
}

function ColumnHead<Row>({ column, sorting }: { column: Column<Row>; sorting: Sorting | undefined }) {
  const hidden = column.from && FROM[column.from];
  if (column.sortKey && sorting)
    return (
      <SortHeader
        sortKey={column.sortKey}
        current={sorting}
        firstOrder={column.firstOrder}
        align={column.align}
        className={hidden}
      >
        {column.header}
      </SortHeader>
    );
  return (
    <TableHeader data-align={column.align} className={hidden}>
      {column.hideHeader ? <span className="sr-only">{column.header}</span> : column.header}
    </TableHeader>
  );
}
