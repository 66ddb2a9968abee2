import "server-only";
import { lockAgent } from "@/lib/agent/update";
import { GatehouseError } from "@/lib/errors";
import { defineVerb } from "@/lib/verb";
import { readClientDto } from "./client-dto";
import type { OauthClientDto, SetIdleTimeoutInput } from "./client-schema";
import { ownLimitEndsSooner } from "./idle";

/**
 * Sets for how long an OAuth client may rest before access that people gave it ends, in place of what the policy says; also of one that introduced itself, which has
 * no say in it. A shorter limit is in force at once, for what was given before too. Saying what is so already changes nothing.
 * Errors: `agent_not_found`, `builtin_immutable`, `client_not_found`.
 */
export const setIdleTimeout = defineVerb(
  {
    action: "client.update",
    permission: "agent.write",
    target: (input: SetIdleTimeoutInput) => ({ kind: "agent", id: input.agentId }),
    foresee: async (_ctx, db, { agentId, idleTimeoutSeconds }) => {
      const client = await db.oauthClient.findUnique({ where: { agentId }, select: { idleTimeoutSeconds: true } });
      return client && (await ownLimitEndsSooner(db, client.idleTimeoutSeconds, idleTimeoutSeconds))
        ? [{ kind: "agent", id: agentId }]
        : [];
    },
  },
  async (scope, { agentId, idleTimeoutSeconds }): Promise<OauthClientDto> => {
    const { ctx, tx, record, narrow } = scope;
    const { id, name } = await lockAgent(scope, agentId);
    const before = await tx.oauthClient.findUnique({ where: { agentId }, select: { idleTimeoutSeconds: true } });
    if (!before) throw new GatehouseError("client_not_found");
    if (before.idleTimeoutSeconds !== idleTimeoutSeconds) {
      if (await ownLimitEndsSooner(tx, before.idleTimeoutSeconds, idleTimeoutSeconds))
        await narrow([{ kind: "agent", id }]);
      await tx.oauthClient.update({ where: { agentId }, data: { idleTimeoutSeconds } });
      record({
        action: "client.update",
        outcome: "success",
        target: { kind: "agent", id, name },
        agent: { id, name },
        changes: [{ field: "idleTimeoutSeconds", before: before.idleTimeoutSeconds, after: idleTimeoutSeconds }],
      });
    }
    return (await readClientDto(ctx, tx, agentId)) as OauthClientDto;
  },
);
