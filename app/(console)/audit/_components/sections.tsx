import { facetsAudit } from "@/lib/audit/facets";
import { histogramAudit } from "@/lib/audit/histogram";
import type { Ctx } from "@/lib/ctx";
import { GatehouseError } from "@/lib/errors";
import type { AuditView } from "./audit-url";
import { FacetList } from "./facet-list";
import { Histogram } from "./histogram";

type Props = { ctx: Ctx; view: AuditView };

/** Null where counting took too long or the filter is faulty: the page has said so, or the list stands without it. */
async function unlessTooBroad<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof GatehouseError && ["search_too_broad", "validation_failed"].includes(error.code)) return null;
    throw error;
  }
}

/** What matches, over time. It streams in after the list. */
export async function HistogramSection({ ctx, view }: Props) {
  const histogram = await unlessTooBroad(histogramAudit(ctx, view.filter));
  if (histogram === null)
    return <p className="text-meta text-ink-2">Too much matches to be drawn over time. Narrow the time range.</p>;
  if (histogram.total === 0) return null;
  return <Histogram histogram={histogram} view={view} />;
}

/** The commonest values of what matches: a column beside the list, folded away where there is no room. */
export async function FacetSection({ ctx, view }: Props) {
  const facets = await unlessTooBroad(facetsAudit(ctx, view.filter));
  if (facets === null)
    return <p className="text-meta text-ink-2">Too much matches to be counted. Narrow the time range.</p>;
  return (
    <aside aria-label="Narrow by value" className="min-w-0">
      <details className="xl:hidden">
        <summary className="text-body text-ink-2 hover:text-ink inline-flex min-h-7 cursor-pointer items-center rounded-sm pointer-coarse:min-h-11">
          Narrow by value
        </summary>
        <div className="mt-2 sm:max-w-sm">
          <FacetList facets={facets} view={view} />
        </div>
      </details>
      <div className="max-xl:hidden">
        <FacetList facets={facets} view={view} />
      </div>
    </aside>
  );
}
