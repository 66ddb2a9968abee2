import type { AuditFacets } from "@/lib/audit/facets";
import type { AuditView } from "./audit-url";
import { FacetSearch } from "./facet-search";
import { FacetRow } from "./facet-row";

const FACETS = [
  { name: "outcome", label: "Outcome" },
  { name: "action", label: "Action" },
  { name: "reason", label: "Reason" },
  { name: "server", label: "Server" },
  { name: "agent", label: "Agent" },
  { name: "person", label: "Person" },
  { name: "tool", label: "Tool" },
  { name: "ip", label: "Address" },
] as const;
/** A facet with so many values may have more than are shown. */
const MANY = 12;

/** The commonest values with their counts. A click on a value shows only it, its box adds it, and the crossed circle leaves it out. */
export function FacetList({ facets, view }: { facets: AuditFacets; view: AuditView }) {
  const params = view.params.toString();
  return (
    <div className="flex flex-col gap-4">
      {FACETS.map(({ name, label }) => {
        const values = facets.facets[name];
        if (values.length === 0) return null;
        const rows = values.map((facet) => <FacetRow key={facet.value} name={name} facet={facet} params={params} />);
        return (
          <section key={name} aria-label={label}>
            <h2 className="text-meta text-ink-2 mb-1 font-medium">{label}</h2>
            {values.length < MANY ? (
              <ul>{rows}</ul>
            ) : (
              <FacetSearch key={params} name={name} label={label} params={params}>
                {rows}
              </FacetSearch>
            )}
          </section>
        );
      })}
      {facets.exact ? null : <p className="text-meta text-ink-3">About so many: estimated from a sample.</p>}
    </div>
  );
}
