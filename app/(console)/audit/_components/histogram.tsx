import Link from "next/link";
import { cn } from "@/components/ui/class-names";
import type { AuditHistogram, HistogramBucket } from "@/lib/audit/histogram";
import { withTimeRange } from "@/lib/audit/language/edit";
import { queryHref, type AuditView } from "./audit-url";

const whole = new Intl.NumberFormat("en-US");
const refusedOf = ({ outcomes }: HistogramBucket) =>
  (outcomes.deny ?? 0) + (outcomes.denied ?? 0) + (outcomes.failure ?? 0);
const short = (iso: string) => iso.slice(0, 16).replace("T", " ");
/** Any count is visible: a bar of one among thousands is still two pixels high. */
const heightOf = (count: number, most: number) => (count === 0 ? 0 : Math.max(3, (count / most) * 100));

/**
 * Everything that matches over time, refusals on the baseline. Each bar is a link to its own span of time, so that it
 * works by keyboard; the numbers stand in a table too.
 */
export function Histogram({ histogram, view }: { histogram: AuditHistogram; view: AuditView }) {
  const { buckets, total } = histogram;
  const most = Math.max(1, ...buckets.map((bucket) => bucket.total));
  const first = buckets[0];
  const last = buckets.at(-1);
  const hrefOf = (bucket: HistogramBucket) =>
    queryHref(view.params, withTimeRange(view.query, `${bucket.from.slice(0, 19)}Z`, `${bucket.to.slice(0, 19)}Z`));
  return (
    <figure className="border-hairline bg-surface min-w-0 rounded-lg border p-3">
      <figcaption className="text-meta text-ink-2 mb-2 flex flex-wrap items-center gap-x-4 gap-y-1">
        <span>
          <strong className="text-ink font-semibold">{whole.format(total)}</strong> {total === 1 ? "entry" : "entries"}
        </span>
        <span className="flex items-center gap-1.5">
          <span aria-hidden className="bg-deny-solid size-2 rounded-full" />
          refused or failed
        </span>
        <span className="flex items-center gap-1.5">
          <span aria-hidden className="bg-control size-2 rounded-full" />
          allowed or done
        </span>
      </figcaption>
      <ol aria-label="Entries over time" className="flex h-16 items-stretch gap-px">
        {buckets.map((bucket) => {
          const refused = refusedOf(bucket);
          return (
            <li key={bucket.from} className="flex min-w-0 flex-1">
              {bucket.total === 0 ? (
                <span className="border-hairline w-full border-b" />
              ) : (
                <Link
                  href={hrefOf(bucket)}
                  prefetch={false}
                  title={`${short(bucket.from)} UTC: ${whole.format(bucket.total)}, ${whole.format(refused)} refused`}
                  aria-label={`${short(bucket.from)} UTC: ${bucket.total} entries, ${refused} refused or failed. Show only these`}
                  className="hover:bg-raised flex w-full flex-col justify-end rounded-t-sm"
                >
                  <span
                    style={{ height: `${heightOf(bucket.total - refused, most)}%` }}
                    className="bg-control block rounded-t-[2px]"
                  />
                  <span
                    style={{ height: `${heightOf(refused, most)}%` }}
                    className={cn("bg-deny-solid block", bucket.total === refused && "rounded-t-[2px]")}
                  />
                </Link>
              )}
            </li>
          );
        })}
      </ol>
      <div aria-hidden className="text-caption text-ink-3 mt-1 flex justify-between">
        <span>{first ? short(first.from) : ""}</span>
        <span>{last ? `${short(last.to)} UTC` : ""}</span>
      </div>
      <HistogramTable buckets={buckets} />
    </figure>
  );
}

function HistogramTable({ buckets }: { buckets: readonly HistogramBucket[] }) {
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
              <th scope="col" className="py-1 text-right font-medium">
                Entries
              </th>
              <th scope="col" className="py-1 text-right font-medium">
                Refused or failed
              </th>
            </tr>
          </thead>
          <tbody>
            {buckets
              .filter((bucket) => bucket.total > 0)
              .map((bucket) => (
                <tr key={bucket.from} className="border-hairline border-t">
                  <th scope="row" className="mono py-1 font-normal">
                    {short(bucket.from)}
                  </th>
                  <td className="py-1 text-right">{whole.format(bucket.total)}</td>
                  <td className="py-1 text-right">{whole.format(refusedOf(bucket))}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
