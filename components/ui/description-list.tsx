import type { ReactNode } from "react";
import { cn } from "./class-names";

/** Facts by name. One column of pairs; `columns={2}` sets them side by side where there is room. */
export function DescriptionList({
  items,
  columns = 1,
  className,
}: {
  items: readonly { term: ReactNode; detail: ReactNode }[];
  columns?: 1 | 2;
  className?: string;
}) {
  return (
    <dl className={cn("@container grid gap-x-8", columns === 2 && "md:grid-cols-2", className)}>
      {items.map((item, index) => (
        <div
          key={index}
          className="border-hairline grid min-h-9 grid-cols-[5.5rem_minmax(0,1fr)] items-baseline gap-x-3 border-b py-2 last:border-b-0 @md:grid-cols-[9rem_minmax(0,1fr)] @md:gap-x-4"
        >
          <dt className="text-body text-ink-2">{item.term}</dt>
          <dd className="text-body text-ink min-w-0 wrap-anywhere">{item.detail}</dd>
        </div>
      ))}
    </dl>
  );
}
