import Link from "next/link";
import { cn } from "@/components/ui/class-names";
import { OUTCOMES } from "@/lib/audit/catalogue";
import type { AuditHistogram, HistogramBucket } from "@/lib/audit/histogram";
import { exactly } from "@/lib/audit/language/ast";
import { toggledValue, valuesOf } from "@/lib/audit/language/edit";
import { queryHref, type AuditView } from "./audit-url";
import { Brush } from "./brush";
import { OUTCOME_LOOK, shortTime, STACK } from "./outcome-look";

const whole = new Intl.NumberFormat("en-US");
const totalOf = (buckets: readonly HistogramBucket[], outcome: (typeof OUTCOMES)[number]) =>
  buckets.reduce((sum, { outcomes }) => sum + (outcomes[outcome] ?? 0), 0);

/** Everything that matches over time, by outcome: what was refused on the baseline. The legend filters; a table has the numbers. */
export function Histogram({ histogram, view }: { histogram: AuditHistogram; view: AuditView }) {
  const { buckets, total } = histogram;
  const present = [...STACK].reverse().filter((outcome) => totalOf(buckets, outcome) > 0);
  const chosen = valuesOf(view.query, "outcome").included.length > 0;
  return (
    <figure className="border-hairline bg-surface min-w-0 rounded-lg border p-3">
      <figcaption className="text-meta text-ink-2 mb-2 flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="mr-2">
          {histogram.exact ? null : "about "}
          <strong className="text-ink font-semibold">{whole.format(total)}</strong> {total === 1 ? "entry" : "entries"}
        </span>
        {present.map((outcome) => (
          <Link
            key={outcome}
            href={queryHref(view.params, toggledValue(view.query, "outcome", exactly(outcome)))}
            prefetch={false}
            scroll={false}
            aria-label={`${chosen ? "Leave out" : "Only"} outcome ${outcome}`}
            className="hover:bg-raised flex min-h-6 items-center gap-1.5 rounded-sm px-1.5 pointer-coarse:min-h-11"
          >
            <span aria-hidden className={cn("size-2 rounded-full", OUTCOME_LOOK[outcome].fill)} />
            {OUTCOME_LOOK[outcome].words}
            <span className="text-ink-2">{whole.format(totalOf(buckets, outcome))}</span>
          </Link>
        ))}
      </figcaption>
      <Brush key={view.params.toString()} buckets={buckets} params={view.params.toString()} />
      <div aria-hidden className="text-caption text-ink-3 mt-1 flex justify-between">
        <span>{shortTime(buckets[0]?.from)}</span>
        <span>{`${shortTime(buckets.at(-1)?.to)} UTC`}</span>
      </div>
      <HistogramTable buckets={buckets} outcomes={present} />
    </figure>
  );
}

function HistogramTable({
  buckets,
  outcomes,
}: {
  buckets: readonly HistogramBucket[];
  outcomes: readonly (typeof OUTCOMES)[number][];
}) {
  return (
    <details className="mt-1">
      <summary className="text-meta text-ink-2 hover:text-ink inline-flex min-h-6 cursor-pointer items-center rounded-sm">
        As a table
      </summary>
      <div
        tabIndex={0}
        role="region"
        aria-label="Entries over time, as a table"
        className="mt-1 max-h-60 overflow-auto"
      >
        <table className="text-meta w-full text-left">
          <thead className="text-ink-2">
            <tr>
              <th scope="col" className="py-1 font-medium">
                From (UTC)
              </th>
              {outcomes.map((outcome) => (
                <th key={outcome} scope="col" className="py-1 pl-3 text-right font-medium">
                  {OUTCOME_LOOK[outcome].words}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {buckets
              .filter((bucket) => bucket.total > 0)
              .map((bucket) => (
                <tr key={bucket.from} className="border-hairline border-t">
                  <th scope="row" className="mono py-1 font-normal">
                    {shortTime(bucket.from)}
                  </th>
                  {outcomes.map((outcome) => (
                    <td key={outcome} className="py-1 pl-3 text-right">
                      {whole.format(bucket.outcomes[outcome] ?? 0)}
                    </td>
                  ))}
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
