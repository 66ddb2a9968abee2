import type { Tx } from "@/lib/db";

/** For how long the client `c` may rest: as its own limit says, else as that of the instance `i`; seconds, in SQL. NULL is no limit. */
export const IDLE_SECONDS = "coalesce(c.idle_timeout_seconds, i.idle_timeout_seconds)";

/** True where access that lasted may end by this: the limit of rest is new, or shorter. Seconds; null is no limit. */
export const endsSooner = (before: number | null, after: number | null): boolean =>
  after !== null && (before === null || after < before);

/** The same of a client's own limit, where null leaves it to the policy. */
export async function ownLimitEndsSooner(tx: Tx, before: number | null, after: number | null): Promise<boolean> {
  const policy = await tx.instance.findUniqueOrThrow({ where: { id: 1 }, select: { idleTimeoutSeconds: true } });
  return endsSooner(before ?? policy.idleTimeoutSeconds, after ?? policy.idleTimeoutSeconds);
}
