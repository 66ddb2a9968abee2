import { ChevronLeft, ChevronRight } from "lucide-react";
import { ButtonLink } from "@/components/ui/button-link";
import { auditHref } from "./audit-url";

/** Newer and older entries. Pages hold on to places in the log, so what is written meanwhile moves nothing. */
export function Pager({
  params,
  newer,
  older,
}: {
  params: URLSearchParams;
  newer: string | null;
  older: string | null;
}) {
  if (newer === null && older === null) return null;
  const to = (cursor: string | null) => auditHref(params, { cursor, entry: null });
  return (
    <nav aria-label="Pages" className="flex flex-wrap items-center justify-between gap-2 pt-3">
      <span className="flex gap-2">
        {newer ? (
          <>
            <ButtonLink size="sm" href={to(null)}>
              Newest
            </ButtonLink>
            <ButtonLink size="sm" href={to(newer)}>
              <ChevronLeft aria-hidden />
              Newer
            </ButtonLink>
          </>
        ) : null}
      </span>
      {older ? (
        <ButtonLink size="sm" href={to(older)}>
          Older
          <ChevronRight aria-hidden />
        </ButtonLink>
      ) : null}
    </nav>
  );
}
