import "server-only";
import { requirePermission } from "@/lib/authz/require";
import { changesBetween } from "@/lib/audit/changes";
import { nowDate } from "@/lib/ctx";
import { GatehouseError } from "@/lib/errors";
import { setRoles } from "@/lib/role/hold";
import { defineVerb, type VerbScope } from "@/lib/verb";
import { requireOwner } from "./create";
import { agentSelect, toAgentDto } from "./dto";
import type { AgentDto, UpdateAgentInput } from "./schema";

/** The agent's row, locked until the transaction ends. Throws `agent_not_found`, `builtin_immutable`. */
export async function lockAgent({ tx }: VerbScope, agentId: string) {
  await tx.$executeRaw`SELECT 1 FROM agent WHERE id = ${agentId} FOR UPDATE`;
  const row = await tx.agent.findUnique({
    where: { id: agentId },
    select: { id: true, name: true, description: true, ownerId: true, status: true, builtin: true },
  });
  if (!row) throw new GatehouseError("agent_not_found");
  if (row.builtin) throw new GatehouseError("builtin_immutable", { detail: "The built-in agent cannot be changed." });
  return row;
}

/**
 * Changes an agent; what is left out stays. Suspending it ends its tokens' use at once, and so does taking a role.
 * Errors: `agent_not_found`, `builtin_immutable`, `name_taken`, `person_not_found`, `holder_inactive`, `role_not_found`.
 */
export const updateAgent = defineVerb(
  {
    action: "agent.update",
    permission: "agent.write",
    target: (input: UpdateAgentInput) => ({ kind: "agent", id: input.agentId }),
    foresee: async (_ctx, db, { agentId: id, status }) =>
      status === "suspended" && (await db.agent.count({ where: { id, status: "active" } })) > 0
        ? [{ kind: "agent", id }]
        : [],
  },
  async (scope, input): Promise<AgentDto> => {
    const { ctx, tx, record } = scope;
    const before = await lockAgent(scope, input.agentId);
    const { roleIds, agentId: _agentId, ...wanted } = input;
    const { ownerId } = wanted;
    const newOwner = ownerId !== undefined && ownerId !== before.ownerId ? await requireOwner(scope, ownerId) : null;
    const changes = changesBetween(before, wanted);
    const statusChanged = changes.some(({ field }) => field === "status");
    if (changes.length > 0) {
      const suspendedAt = statusChanged ? (wanted.status === "suspended" ? nowDate(ctx) : null) : undefined;
      await tx.agent.update({ where: { id: before.id }, data: { ...wanted, suspendedAt } });
      const action = !statusChanged
        ? "agent.update"
        : wanted.status === "suspended"
          ? "agent.suspend"
          : "agent.activate";
      const agent = { id: before.id, name: wanted.name ?? before.name };
      record({ action, outcome: "success", target: { kind: "agent", ...agent }, agent, person: newOwner, changes });
    }
    let roleTaken = false;
    if (roleIds) {
      requirePermission(ctx, "role.assign");
      roleTaken = await setRoles(scope, { kind: "agent", id: before.id, name: before.name }, roleIds);
    }
    const dto = toAgentDto(
      await tx.agent.findUniqueOrThrow({ where: { id: before.id }, select: agentSelect(nowDate(ctx)) }),
    );
    if (roleTaken || (statusChanged && dto.status === "suspended"))
      await scope.narrow([{ kind: "agent", id: before.id }]);
    return dto;
  },
);
