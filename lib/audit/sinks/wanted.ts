import "server-only";
import { compileFilter } from "@/lib/audit/filter";
import { auditFilterSchema } from "@/lib/audit/schema";
import { db, type Tx } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import type { Prisma } from "@/lib/generated/prisma/client.ts";

const compiled = (tx: Tx, query: string, nowSeconds: number): Promise<Prisma.Sql> =>
  compileFilter(tx, auditFilterSchema.parse({ q: query }), nowSeconds);

/** The condition of what a sink of that query gets; null where it gets everything. Throws `validation_failed`. */
export async function wantedBy(query: string | null, nowSeconds: number): Promise<Prisma.Sql | null> {
  return query === null ? null : compiled(db(), query, nowSeconds);
}

/** Throws `validation_failed` (field `query`, at its characters) for a query that could not be asked. */
export async function requireAskable(tx: Tx, query: string | null, nowSeconds: number): Promise<void> {
  if (query === null) return;
  try {
    await compiled(tx, query, nowSeconds);
  } catch (error) {
    if (!(error instanceof GatehouseError) || error.code !== "validation_failed") throw error;
    const fields = error.fields.map((field) => ({ ...field, path: "query" }));
    throw new GatehouseError("validation_failed", { detail: error.detail, fields });
  }
}
