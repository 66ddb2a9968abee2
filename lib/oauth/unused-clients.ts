import "server-only";
import { nowDate } from "@/lib/ctx";
import { GatehouseError } from "@/lib/errors";
import { admitIntroduction } from "@/lib/session/throttle";
import type { VerbScope } from "@/lib/verb";

/** Clients that introduced themselves and that nobody has let in yet: more than this are a flood, not users. */
const MAX_UNUSED_CLIENTS = 2000;
/** Each has this long to be let in by somebody; and this long even in a flood. */
const KEPT_MS = 30 * 86_400_000;
const KEPT_IN_FLOOD_MS = 3_600_000;

type Scope = Pick<VerbScope, "ctx" | "tx" | "record">;

/**
 * Makes sure that there is room for one more client that introduces itself. Where too many wait, those that have waited longest
 * go, so that who floods us keeps nobody else out for longer than they go on. Throws `too_many_attempts`: too many from this
 * address, or within the hour.
 */
export async function makeRoomForStranger(scope: Scope): Promise<void> {
  const { ctx, tx } = scope;
  await admitIntroduction(ctx.source.ip, ctx.nowSeconds());
  const unused = await tx.agent.count({ where: { origin: { not: "registered" }, grants: { none: {} } } });
  if (unused < MAX_UNUSED_CLIENTS) return;
  if ((await forgetUnused(scope, KEPT_IN_FLOOD_MS)) === 0)
    throw new GatehouseError("too_many_attempts", { retryAfterSeconds: 3600, refusal: true });
}

/**
 * Forgets clients that introduced themselves and that nobody ever let in; how many. One with a grant, even an ended one, stays:
 * it is told who it is when it comes back. So does a suspended one: it would come back as somebody new.
 */
export async function forgetUnused({ ctx, tx, record }: Scope, keptMs = KEPT_MS): Promise<number> {
  const unused = await tx.$queryRaw<{ id: string; name: string }[]>`
    SELECT a.id, a.name FROM agent a
    WHERE a.origin <> 'registered' AND a.owner_id IS NULL AND a.status = 'active' AND a.created_at < ${new Date(nowDate(ctx).getTime() - keptMs)}
      AND NOT EXISTS (SELECT 1 FROM oauth_grant g WHERE g.agent_id = a.id)
      AND NOT EXISTS (SELECT 1 FROM token t WHERE t.agent_id = a.id)
      AND NOT EXISTS (SELECT 1 FROM access_token t WHERE t.agent_id = a.id)
      AND NOT EXISTS (SELECT 1 FROM agent_role r WHERE r.agent_id = a.id)
    ORDER BY a.created_at LIMIT 200 FOR UPDATE SKIP LOCKED`;
  const agentId = { in: unused.map(({ id }) => id) };
  if (unused.length > 0) {
    await tx.clientSecret.deleteMany({ where: { agentId } });
    await tx.oauthClient.deleteMany({ where: { agentId } });
    await tx.agent.deleteMany({ where: { id: agentId } });
  }
  for (const agent of unused)
    record({ action: "client.forget", outcome: "success", target: { kind: "agent", ...agent }, agent });
  return unused.length;
}
