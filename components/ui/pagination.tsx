"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { Button } from "./button";
import { useUrlTransition } from "./url-transition";

const whole = new Intl.NumberFormat("en-US");

const singular = (noun: string) => (noun === "people" ? "person" : noun.replace(/s$/, ""));

/** Pages by number with an exact total, in the URL (`?page=`). Draws nothing but the total where one page is all. */
export function Pagination({
  page,
  pageSize,
  total,
  noun = "rows",
}: {
  page: number;
  pageSize: number;
  total: number;
  /** What is counted, plural. */
  noun?: string;
}) {
  const router = useRouter();
  const pathname = usePathname();
  const params = useSearchParams();
  const { pending, start } = useUrlTransition();
  const pages = Math.max(1, Math.ceil(total / pageSize));
  const go = (to: number) => {
    const next = new URLSearchParams(params);
    if (to <= 1) next.delete("page");
    else next.set("page", String(to));
    start(() => router.push(next.size > 0 ? `${pathname}?${next}` : pathname));
  };
  const from = total === 0 ? 0 : (page - 1) * pageSize + 1;
  return (
    <nav aria-label="Pages" className="text-meta text-ink-2 flex min-h-8 items-center justify-between gap-4 pt-3">
      <p aria-live="polite">
        {pages === 1
          ? `${whole.format(total)} ${total === 1 ? singular(noun) : noun}`
          : `${whole.format(from)}–${whole.format(Math.min(total, page * pageSize))} of ${whole.format(total)} ${noun}`}
      </p>
      {pages > 1 ? (
        <div className="flex items-center gap-2">
          <span>
            Page {whole.format(page)} of {whole.format(pages)}
          </span>
          <Button
            size="icon-sm"
            aria-label="Previous page"
            disabled={page <= 1 || pending}
            onClick={() => go(page - 1)}
          >
            <ChevronLeft aria-hidden />
          </Button>
          <Button
            size="icon-sm"
            aria-label="Next page"
            disabled={page >= pages || pending}
            onClick={() => go(page + 1)}
          >
            <ChevronRight aria-hidden />
          </Button>
        </div>
      ) : null}
    </nav>
  );
}

/** Pages by cursor (`?cursor=`): forward, and back to the start. Totals are not known. */
export function CursorPagination({ nextCursor }: { nextCursor: string | null }) {
  const router = useRouter();
  const pathname = usePathname();
  const params = useSearchParams();
  const { pending, start } = useUrlTransition();
  const go = (cursor: string | null) => {
    const next = new URLSearchParams(params);
    if (cursor === null) next.delete("cursor");
    else next.set("cursor", cursor);
    start(() => router.push(next.size > 0 ? `${pathname}?${next}` : pathname));
  };
  const onFirst = !params.has("cursor");
  if (onFirst && nextCursor === null) return null;
  return (
    <nav aria-label="Pages" className="flex min-h-8 items-center justify-end gap-2 pt-3">
      <Button size="sm" disabled={onFirst || pending} onClick={() => go(null)}>
        First page
      </Button>
      <Button size="sm" disabled={nextCursor === null || pending} onClick={() => go(nextCursor)}>
        Next page
        <ChevronRight aria-hidden />
      </Button>
    </nav>
  );
}
