import "server-only";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { defineRead } from "@/lib/verb";
import { compileFilter } from "./filter";
import { momentOf } from "./moment";
import { runBounded } from "./query";
import type { AuditFilter } from "./schema";
import { READ_AUDIT } from "./search";

const CAP = 10_000;
const TIMEOUT_MS = 3000;

/** How many entries match: exact up to 10,000, `capped` above. Errors as `searchAudit`. */
export const countAudit = defineRead(
  READ_AUDIT,
  async ({ ctx, db }, filter: AuditFilter): Promise<{ count: number; capped: boolean }> => {
    const where = await compileFilter(db, filter, (await momentOf(ctx, filter)) / 1000);
    const [row] = await runBounded<{ count: number }>(
      Prisma.sql`SELECT count(*)::int AS count FROM (SELECT FROM audit_entry WHERE ${where} LIMIT ${CAP + 1}::int) AS matching`,
      TIMEOUT_MS,
    );
    const count = row?.count ?? 0;
    return { count: Math.min(count, CAP), capped: count > CAP };
  },
);
