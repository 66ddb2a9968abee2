import "server-only";
import type { Tx } from "@/lib/db";
import { defineRead } from "@/lib/verb";
import { readFilter, type Dimension } from "./filter";
import { gather, type Counted } from "./gather";
import type { Query } from "./language/ast";
import { valuesOf, withoutQualifier } from "./language/edit";
import { momentOf } from "./moment";
import type { AuditFilter } from "./schema";
import { READ_AUDIT } from "./search";

/** One value of a facet, with how many of the counted entries have it. `name` is the thing's present name. */
export type FacetValue = { value: string; name: string | null; count: number };
/** The commonest values of each dimension. Where `exact` is false, counts are *about* so many. */
export type AuditFacets = { facets: Record<Dimension, FacetValue[]>; exact: boolean };

/** Every facet there is. */
export const FACETS = [
  "outcome",
  "action",
  "reason",
  "server",
  "agent",
  "person",
  "tool",
  "ip",
] as const satisfies readonly Dimension[];
const filled = (value: string | null) => (value === null ? [] : [value]);
/** An entry counts for each server that it concerns. */
const VALUES_OF = {
  outcome: ({ outcome }) => [outcome],
  action: ({ action }) => [action],
  reason: ({ reason }) => filled(reason),
  server: ({ servers }) => servers,
  agent: ({ agent }) => filled(agent),
  person: ({ person }) => filled(person),
  tool: ({ tool }) => filled(tool),
  ip: ({ ip }) => filled(ip),
} as const satisfies Record<Dimension, (entry: Counted) => readonly string[]>;
const VALUES = 12;

function isFiltered(query: Query, dimension: Dimension): boolean {
  const { included, excluded } = valuesOf(query, dimension);
  return included.length + excluded.length > 0;
}

type Value = { value: string; count: number };

/** The facets whose values are ids of things with names. */
const isNamed = (dimension: Dimension) => ["server", "agent", "person"].includes(dimension);

/** The commonest values of a dimension; those that are as common by their names. */
function commonest(counted: readonly Counted[], dimension: Dimension, most = VALUES): Value[] {
  const counts = new Map<string, number>();
  for (const entry of counted)
    for (const value of VALUES_OF[dimension](entry)) counts.set(value, (counts.get(value) ?? 0) + entry.weight);
  return [...counts]
    .map(([value, count]) => ({ value, count: Math.round(count) }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, most);
}

async function namesOf(db: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const query = { where: { id: { in: [...ids] } }, select: { id: true, name: true } };
  const [servers, agents, people] = await Promise.all([
    db.mcpServer.findMany(query),
    db.agent.findMany(query),
    db.person.findMany(query),
  ]);
  return new Map([...servers, ...agents, ...people].map(({ id, name }) => [id, name]));
}

/** Counts of the commonest outcomes, actions, reasons, servers and agents among what matches. Errors as `searchAudit`. */
export const facetsAudit = defineRead(READ_AUDIT, async (scope, filter: AuditFilter): Promise<AuditFacets> => {
  const query = readFilter(filter);
  const nowMs = await momentOf(scope.ctx, filter);
  const all = await gather(scope, query, nowMs);
  // A dimension is counted without its own filter, so that its other values can be added.
  const each = await Promise.all(
    FACETS.map(async (dimension) => {
      const of = isFiltered(query, dimension) ? await gather(scope, withoutQualifier(query, dimension), nowMs) : all;
      return { dimension, exact: of.exact, values: commonest(of.counted, dimension) };
    }),
  );
  const things = each.filter(({ dimension }) => isNamed(dimension));
  const names = await namesOf(
    scope.db,
    things.flatMap(({ values }) => values.map(({ value }) => value)),
  );
  const facets = Object.fromEntries(
    each.map(({ dimension, values }) => [
      dimension,
      values.map(({ value, count }) => ({ value, count, name: names.get(value) ?? null })),
    ]),
  ) as Record<Dimension, FacetValue[]>;
  return { facets, exact: each.every(({ exact }) => exact) };
});

/** So many values are looked through for one that is searched for. */
const LOOKED_THROUGH = 2000;

/** The commonest values of one facet with a text in them, or in their names: those besides the commonest of all. Errors as `searchAudit`. */
export const facetValues = defineRead(
  READ_AUDIT,
  async (
    scope,
    { filter, dimension, find }: { filter: AuditFilter; dimension: Dimension; find: string },
  ): Promise<FacetValue[]> => {
    const query = withoutQualifier(readFilter(filter), dimension);
    const { counted } = await gather(scope, query, await momentOf(scope.ctx, filter));
    const values = commonest(counted, dimension, LOOKED_THROUGH);
    const ids = isNamed(dimension) ? values.map(({ value }) => value) : [];
    const names = await namesOf(scope.db, ids);
    const wanted = find.toLowerCase();
    return values
      .map(({ value, count }) => ({ value, count, name: names.get(value) ?? null }))
      .filter(({ value, name }) => (name ?? value).toLowerCase().includes(wanted))
      .slice(0, VALUES);
  },
);
