import { until } from "../process-tests/gatehouse";
import { pool } from "@/lib/db";
import type { Cluster, Member } from "./cluster";

/** Starts authorities, and waits until each holds a lease and so answers from its cache. */
export async function startMembers(cluster: Cluster, count: number, script?: string): Promise<Member[]> {
  const running = cluster.members.filter(({ process }) => process.running).length;
  await until(async () => (await leases()) === running); // those of processes that were killed have ended
  const members: Member[] = [];
  for (let nth = 0; nth < count; nth++) members.push(await cluster.add(script));
  await Promise.all(members.map(({ process }) => process.start()));
  await until(async () => (await leases()) === running + count);
  return members;
}

/** How many processes hold a lease now. */
async function leases(): Promise<number> {
  const { rows } = await pool().query<{ held: number }>(
    "SELECT count(*)::int AS held FROM lease WHERE expires_at > clock_timestamp()",
  );
  return rows[0]?.held ?? 0;
}
