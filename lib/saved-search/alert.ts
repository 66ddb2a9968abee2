import "server-only";
import type { Tx } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";

/** All searches that alert are tried on every entry: there are not more than this. */
const MAX_ALERTS = 100;

/** The columns by which a search begins to alert with the next entry, or anew after its terms changed; or alerts no more. */
export async function alertColumns(tx: Tx, alert: { threshold: number; windowSeconds: number } | null) {
  const begin = { recentIdx: [], recentAt: [], untold: 0, untoldFrom: null, reached: false, fault: null };
  if (alert === null) return { ...begin, alertThreshold: null, alertWindowSeconds: null };
  if ((await tx.savedSearch.count({ where: { alertThreshold: { not: null } } })) >= MAX_ALERTS)
    throw new GatehouseError("too_many_alerts", { detail: `At most ${MAX_ALERTS} saved searches may alert.` });
  const { next } = await tx.auditHead.findUniqueOrThrow({ where: { id: 1 } });
  return { ...begin, alertThreshold: alert.threshold, alertWindowSeconds: alert.windowSeconds, nextIdx: next };
}
