import "server-only";
import { nowDate } from "@/lib/ctx";
import { setRole } from "@/lib/role/hold";
import { defineVerb } from "@/lib/verb";
import { agentSelect, toAgentDto } from "./dto";
import { lockAgent } from "./update";
import type { AgentDto, HoldAgentRoleInput } from "./schema";

/**
 * Gives one role to an agent, or takes it; what else it holds stays, also where somebody changes it at the same time.
 * Doing it again changes nothing. Errors: `agent_not_found`, `builtin_immutable`, `role_not_found`, `forbidden`.
 */
export const holdAgentRole = defineVerb(
  {
    action: "role.assign",
    permission: "role.assign",
    target: (input: HoldAgentRoleInput) => ({ kind: "agent", id: input.agentId }),
  },
  async (scope, input): Promise<AgentDto> => {
    const { ctx, tx } = scope;
    const agent = await lockAgent(scope, input.agentId);
    const taken = await setRole(scope, { kind: "agent", id: agent.id, name: agent.name }, input.roleId, input.held);
    const row = await tx.agent.findUniqueOrThrow({ where: { id: agent.id }, select: agentSelect(nowDate(ctx)) });
    if (taken) await scope.narrow([{ kind: "agent", id: agent.id }]);
    return toAgentDto(row);
  },
);
