import "server-only";
import { lockAgent } from "@/lib/agent/update";
import { actorRef, nowDate } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import { fieldError, GatehouseError } from "@/lib/errors";
import { defineVerb } from "@/lib/verb";
import { readClientDto } from "./client-dto";
import type { OauthClientDto, SetPregrantedInput } from "./client-schema";
import { endGrants } from "./end-grants";

const readPregrants = (db: Tx, { agentId, serverId }: Pick<SetPregrantedInput, "agentId" | "serverId">) =>
  db.pregrantedScope.findMany({
    where: { agentId, serverId },
    select: { scopeId: true, scope: { select: { name: true } } },
    orderBy: { scope: { name: "asc" } },
  });

/**
 * Says which scopes are added to whatever an agent asks of a server, in place of those that were: a client that cannot ask for more
 * later gets them at its first consent. Each person still sees them there, and gives no more than their roles do; what an admin must
 * agree to, they still must. What is taken back is taken at once, also out of every grant that it came into so; one of which
 * nothing is left ends. Saying what is so already changes nothing. Errors: `agent_not_found`, `builtin_immutable`, `client_not_found`,
 * `server_not_found`, `validation_failed` (field `scopes`: not the server's; or the agent is a machine, which asks nobody).
 */
export const setPregranted = defineVerb(
  {
    action: "client.update",
    permission: "agent.write",
    recentAuthentication: true,
    target: (input: SetPregrantedInput) => ({ kind: "agent", id: input.agentId }),
    foresee: async (_ctx, db, input) => {
      const before = await readPregrants(db, input);
      return before.some(({ scope }) => !input.scopes.includes(scope.name))
        ? [{ kind: "agent", id: input.agentId }]
        : [];
    },
  },
  async (scope, input): Promise<OauthClientDto> => {
    const { ctx, tx, record, narrow } = scope;
    const { agentId, serverId } = input;
    const { name } = await lockAgent(scope, agentId);
    const client = await tx.oauthClient.findUnique({
      where: { agentId },
      select: { agent: { select: { kind: true } } },
    });
    if (!client) throw new GatehouseError("client_not_found");
    const server = await tx.mcpServer.findFirst({
      where: { id: serverId, builtin: false },
      select: { id: true, name: true, scopes: { select: { id: true, name: true } } },
    });
    if (!server) throw new GatehouseError("server_not_found");
    if (client.agent.kind === "machine" && input.scopes.length > 0)
      throw fieldError("validation_failed", "scopes", "A machine asks nobody: give it a role.");
    const unknown = input.scopes.find((wanted) => !server.scopes.some((offered) => offered.name === wanted));
    if (unknown !== undefined)
      throw fieldError("validation_failed", "scopes", `${server.name} has no scope ${unknown}.`);
    const before = await readPregrants(tx, input);
    const taken = before.filter((one) => !input.scopes.includes(one.scope.name)).map(({ scopeId }) => scopeId);
    const added = server.scopes.filter(
      (offered) => input.scopes.includes(offered.name) && !before.some(({ scopeId }) => scopeId === offered.id),
    );
    if (taken.length + added.length > 0) {
      const createdBy = actorRef(ctx.actor);
      await tx.pregrantedScope.createMany({
        data: added.map(({ id: scopeId }) => ({ agentId, scopeId, serverId, createdBy, createdAt: nowDate(ctx) })),
      });
      if (taken.length > 0) {
        await narrow([{ kind: "agent", id: agentId }]);
        await tx.pregrantedScope.deleteMany({ where: { agentId, scopeId: { in: taken } } });
      }
      const agent = { id: agentId, name };
      record({
        action: "client.update",
        outcome: "success",
        target: { kind: "agent", ...agent },
        agent,
        server: { id: server.id, name: server.name },
        changes: [
          {
            field: "pregrantedScopes",
            before: before.map((one) => one.scope.name),
            after: server.scopes
              .map((offered) => offered.name)
              .filter((one) => input.scopes.includes(one))
              .sort(),
          },
        ],
      });
      if (taken.length > 0) await takeOutOfGrants(scope, { agentId, serverId, taken });
    }
    return (await readClientDto(ctx, tx, agentId)) as OauthClientDto;
  },
);

async function takeOutOfGrants(
  scope: Parameters<typeof endGrants>[0],
  { agentId, serverId, taken }: { agentId: string; serverId: string; taken: string[] },
): Promise<void> {
  const concerned = {
    agentId,
    serverId,
    revokedAt: null,
    scopes: { some: { pregranted: true, scopeId: { in: taken } } },
  };
  const grants = await scope.tx.oauthGrant.findMany({ where: concerned, select: { id: true } });
  const ids = grants.map(({ id }) => id);
  await scope.tx.oauthGrantScope.deleteMany({
    where: { grantId: { in: ids }, pregranted: true, scopeId: { in: taken } },
  });
  const empty = await scope.tx.oauthGrant.findMany({
    where: { id: { in: ids }, scopes: { none: {} } },
    select: { id: true },
  });
  if (empty.length === 0) return;
  await endGrants(scope, {
    ids: empty.map(({ id }) => id),
    reason: "All that it gave was taken back by an admin.",
    urgent: false,
    subjects: [{ kind: "agent", id: agentId }],
  });
}
