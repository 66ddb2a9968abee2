import "server-only";
import type { Tx } from "@/lib/db";
import type { ClientRow } from "./client";
import type { OfferedByServer } from "./resource";
import type { ApprovalStand } from "./schema";

/** What the admins say about an agent and its scopes, for one person on one server, by the policy of now. */
export async function readApprovals(
  tx: Tx,
  { now, ...whose }: { agentId: string; personId: string; serverId: string; now: Date },
): Promise<{
  ofClient: (client: ClientRow) => ApprovalStand;
  ofScope: (scope: Pick<OfferedByServer, "name" | "access" | "needsApproval">) => ApprovalStand;
}> {
  const [policy, approvals] = await Promise.all([
    tx.instance.findUniqueOrThrow({ where: { id: 1 }, select: { approveClients: true, approveAdminScopes: true } }),
    tx.approval.findMany({
      where: whose,
      select: { state: true, client: true, scopes: true, expiresAt: true },
      orderBy: { id: "desc" },
      take: 100,
    }),
  ]);
  const inForce = approvals.filter(({ state, expiresAt }) => state === "approved" && (!expiresAt || expiresAt > now));
  /** What was asked last counts where nothing is in force. */
  const standOf = (about: (approval: (typeof approvals)[number]) => boolean): ApprovalStand => {
    if (inForce.some(about)) return "approved";
    const last = approvals.find(about)?.state;
    return last === "pending" || last === "refused" ? last : "needed";
  };
  return {
    ofClient: ({ agent, letIn }) => {
      if (!policy.approveClients || agent.origin === "registered") return "free";
      // Who was let in for one is let in for all.
      return letIn ? "approved" : standOf(({ client, state }) => client && state !== "approved");
    },
    ofScope: ({ name, access, needsApproval }) =>
      needsApproval || (access === "admin" && policy.approveAdminScopes)
        ? standOf(({ scopes }) => scopes.includes(name))
        : "free",
  };
}
