"use client";

import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import type { ReactNode } from "react";
import { cn } from "./class-names";
import { TableHeader } from "./table";
import { useUrlTransition } from "./url-transition";

export type Sorting = { sort: string; order: "asc" | "desc" };

/** A column's head that sorts on the server, through the URL (`?sort=&order=`). */
export function SortHeader({
  sortKey,
  current,
  firstOrder = "asc",
  align,
  className,
  children,
}: {
  sortKey: string;
  current: Sorting;
  /** The order of the first click. */
  firstOrder?: "asc" | "desc";
  align?: "right";
  className?: string;
  children: ReactNode;
}) {
  const router = useRouter();
  const pathname = usePathname();
  const params = useSearchParams();
  const { start } = useUrlTransition();
  const active = current.sort === sortKey;
  const next = active ? (current.order === "asc" ? "desc" : "asc") : firstOrder;
  const sort = () => {
    const wanted = new URLSearchParams(params);
    wanted.set("sort", sortKey);
    wanted.set("order", next);
    wanted.delete("page");
    start(() => router.push(`${pathname}?${wanted}`, { scroll: false }));
  };
  const Icon = !active ? ChevronsUpDown : current.order === "asc" ? ArrowUp : ArrowDown;
  return (
    <TableHeader
      data-align={align}
      aria-sort={active ? (current.order === "asc" ? "ascending" : "descending") : "none"}
      className={className}
    >
      <button
        type="button"
        onClick={sort}
        className={cn(
          "hover:text-ink -mx-1.5 inline-flex h-6 items-center gap-1 rounded-sm px-1.5 font-medium",
          active && "text-ink",
        )}
      >
        {children}
        <Icon aria-hidden className={cn("size-3", !active && "text-ink-3")} />
      </button>
    </TableHeader>
  );
}
