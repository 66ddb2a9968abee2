import "server-only";
import { defineRead } from "@/lib/verb";
import { readFilter } from "./filter";
import { gather } from "./gather";
import { momentOf } from "./moment";
import type { AuditFilter } from "./schema";
import { READ_AUDIT } from "./search";

/** How many entries match: exact up to 10,000; above, *about* so many (`exact` false). Errors as `searchAudit`. */
export const countAudit = defineRead(
  READ_AUDIT,
  async (scope, filter: AuditFilter): Promise<{ count: number; exact: boolean }> => {
    const { exact, counted } = await gather(scope, readFilter(filter), await momentOf(scope.ctx, filter));
    return { count: Math.round(counted.reduce((sum, { weight }) => sum + weight, 0)), exact };
  },
);
