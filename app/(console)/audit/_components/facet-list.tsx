import { Check } from "lucide-react";
import Link from "next/link";
import { cn } from "@/components/ui/class-names";
import type { AuditFacets, FacetValue } from "@/lib/audit/facets";
import { exactly } from "@/lib/audit/language/ast";
import { onlyValue, stateOf, toggledValue } from "@/lib/audit/language/edit";
import { queryHref, type AuditView } from "./audit-url";

const DIMENSIONS = [
  { name: "outcome", label: "Outcome" },
  { name: "action", label: "Action" },
  { name: "reason", label: "Reason" },
  { name: "server", label: "Server" },
  { name: "agent", label: "Agent" },
] as const;
const whole = new Intl.NumberFormat("en-US");

/** The commonest values with their counts. A click on a value shows only it; its box adds it to what is shown. */
export function FacetList({ facets, view }: { facets: AuditFacets; view: AuditView }) {
  return (
    <div className="flex flex-col gap-4">
      {DIMENSIONS.map(({ name, label }) =>
        facets.facets[name].length === 0 ? null : (
          <section key={name} aria-label={label}>
            <h2 className="text-meta text-ink-2 mb-1 font-medium">{label}</h2>
            <ul>
              {facets.facets[name].map((facet) => (
                <FacetRow key={facet.value} name={name} facet={facet} view={view} />
              ))}
            </ul>
          </section>
        ),
      )}
      {facets.exact ? null : <p className="text-meta text-ink-3">About so many: estimated from a sample.</p>}
    </div>
  );
}

type Name = (typeof DIMENSIONS)[number]["name"];

function FacetRow({ name, facet, view: { query, params } }: { name: Name; facet: FacetValue; view: AuditView }) {
  const value = exactly(facet.value);
  const chosen = stateOf(query, name, value) === "included";
  const words = facet.name ?? facet.value;
  return (
    <li className="hover:bg-raised -mx-1.5 flex min-h-7 items-center gap-2 rounded-sm px-1.5 pointer-coarse:min-h-11">
      <Link
        href={queryHref(params, toggledValue(query, name, value))}
        prefetch={false}
        scroll={false}
        aria-label={chosen ? `Leave out ${words}` : `Add ${words}`}
        className="flex size-6 shrink-0 items-center justify-center rounded-sm pointer-coarse:size-11"
      >
        <span
          aria-hidden
          className={cn(
            "flex size-3.5 items-center justify-center rounded-[3px] border",
            chosen ? "border-accent bg-accent text-on-accent" : "border-control bg-surface",
          )}
        >
          {chosen ? <Check className="size-3" /> : null}
        </span>
      </Link>
      <Link
        href={queryHref(params, onlyValue(query, name, value))}
        prefetch={false}
        scroll={false}
        aria-label={`Only ${words}, ${facet.count}`}
        aria-current={chosen || undefined}
        className={cn("flex min-w-0 flex-1 items-center gap-2 self-stretch rounded-sm", chosen && "font-medium")}
      >
        <span className={cn("min-w-0 flex-1 truncate", facet.name === null && "mono")}>{words}</span>
        <span className="text-meta text-ink-2">{whole.format(facet.count)}</span>
      </Link>
    </li>
  );
}
