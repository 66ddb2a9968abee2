import "server-only";
import type { Tx } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { defineRead } from "@/lib/verb";
import { compileQuery } from "./compile";
import { readFilter, type Dimension } from "./filter";
import type { Query } from "./language/ast";
import { valuesOf, withoutQualifier } from "./language/edit";
import { momentOf } from "./moment";
import { runBounded } from "./query";
import type { AuditFilter } from "./schema";
import { READ_AUDIT } from "./search";

/** One value of a facet, with how many of the counted entries have it. `name` is the thing's present name. */
export type FacetValue = { value: string; name: string | null; count: number };
/** The commonest values of each dimension. `capped` where only the newest 20,000 that match were counted. */
export type AuditFacets = { facets: Record<Dimension, FacetValue[]>; capped: boolean };

const DIMENSIONS = ["outcome", "action", "reason", "server", "agent"] as const satisfies readonly Dimension[];
const COLUMN = {
  action: Prisma.sql`action`,
  outcome: Prisma.sql`outcome`,
  reason: Prisma.sql`reason`,
  server: Prisma.sql`server.id`,
  agent: Prisma.sql`agent_id`,
} as const satisfies Record<Dimension, Prisma.Sql>;
/** An entry counts for each server that it concerns. */
const EACH_SERVER = Prisma.sql`, unnest(coalesce(server_ids, ARRAY[server_id])) AS server(id)`;
const COUNTED = 20_000;
const VALUES = 12;
const TIMEOUT_MS = 4000;

function isFiltered(query: Query, dimension: Dimension): boolean {
  const { included, excluded } = valuesOf(query, dimension);
  return included.length + excluded.length > 0;
}

type Asked = { db: Tx; nowMs: number };
type Counted = { dimension: Dimension; value: string; count: number };

async function countDimensions(
  { db, nowMs }: Asked,
  query: Query,
  dimensions: readonly Dimension[],
): Promise<Counted[]> {
  const where = await compileQuery(db, query, nowMs);
  const each = dimensions.map(
    (
      dimension,
    ) => Prisma.sql`(SELECT ${dimension}::text AS dimension, ${COLUMN[dimension]} AS value, count(*)::int AS count
      FROM counted${dimension === "server" ? EACH_SERVER : Prisma.empty} WHERE ${COLUMN[dimension]} IS NOT NULL GROUP BY 2 ORDER BY 3 DESC, 2 LIMIT ${VALUES}::int)`,
  );
  return runBounded<Counted>(
    Prisma.sql`WITH counted AS MATERIALIZED (SELECT action, outcome, reason, server_id, server_ids, agent_id FROM audit_entry
                 WHERE ${where} ORDER BY idx DESC LIMIT ${COUNTED}::int)
               ${Prisma.join(each, " UNION ALL ")} UNION ALL (SELECT '', '', count(*)::int FROM counted)`,
    TIMEOUT_MS,
  );
}

async function namesOf(db: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const query = { where: { id: { in: [...ids] } }, select: { id: true, name: true } };
  const [servers, agents] = await Promise.all([db.mcpServer.findMany(query), db.agent.findMany(query)]);
  return new Map([...servers, ...agents].map(({ id, name }) => [id, name]));
}

/** Counts of the commonest outcomes, actions, reasons, servers and agents among what matches. Errors as `searchAudit`. */
export const facetsAudit = defineRead(READ_AUDIT, async ({ ctx, db }, filter: AuditFilter): Promise<AuditFacets> => {
  const query = readFilter(filter);
  const scope = { db, nowMs: await momentOf(ctx, filter) };
  const open = DIMENSIONS.filter((dimension) => !isFiltered(query, dimension));
  const counted = (
    await Promise.all([
      open.length > 0 ? countDimensions(scope, query, open) : [],
      // A dimension is counted without its own filter, so that its other values can be added.
      ...DIMENSIONS.filter((dimension) => isFiltered(query, dimension)).map((dimension) =>
        countDimensions(scope, withoutQualifier(query, dimension), [dimension]),
      ),
    ])
  ).flat();
  const names = await namesOf(
    db,
    counted.filter(({ dimension }) => dimension === "server" || dimension === "agent").map(({ value }) => value),
  );
  const of = (dimension: Dimension): FacetValue[] =>
    counted
      .filter((row) => row.dimension === dimension)
      .map(({ value, count }) => ({ value, count, name: names.get(value) ?? null }));
  return {
    facets: {
      outcome: of("outcome"),
      action: of("action"),
      reason: of("reason"),
      server: of("server"),
      agent: of("agent"),
    },
    capped: counted.some(({ value, count }) => value === "" && count >= COUNTED),
  };
});
