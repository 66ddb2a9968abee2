import "server-only";
import type { Tx } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import { compileQuery } from "./compile";
import type { Query } from "./language/ast";
import { queryOf } from "./language/from-filter";
import type { AuditFilter } from "./schema";

/** Dimensions that have facets, and so may be left out of a filter. */
export type Dimension = "action" | "outcome" | "reason" | "server" | "agent" | "person" | "tool" | "ip";

/** What a filter asks, as one query. Throws `validation_failed` (field `q`, with the place and a sentence for each fault). */
export function readFilter(filter: AuditFilter): Query {
  const read = queryOf(filter);
  if (read.ok) return read.query;
  const fields = read.errors.map((error) => ({ path: "q", code: "bad_query", ...error }));
  throw new GatehouseError("validation_failed", { detail: fields[0]?.message, fields });
}

/** The condition of a filter: `compileQuery` of what it asks. */
export const compileFilter = (db: Tx, filter: AuditFilter, nowSeconds: number): Promise<Prisma.Sql> =>
  compileQuery(db, readFilter(filter), nowSeconds * 1000);
