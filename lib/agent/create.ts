import "server-only";
import { requirePermission } from "@/lib/authz/require";
import { nowDate } from "@/lib/ctx";
import { fieldError } from "@/lib/errors";
import { newId } from "@/lib/id";
import { setRoles } from "@/lib/role/hold";
import { defineVerb, type VerbScope } from "@/lib/verb";
import { agentSelect, toAgentDto } from "./dto";
import type { AgentDto, CreateAgentInput } from "./schema";

/** Throws for the field `ownerId` where the person is unknown or suspended; holds them as they are until the end. */
export async function requireOwner({ tx }: VerbScope, ownerId: string): Promise<{ id: string; name: string }> {
  await tx.$executeRaw`SELECT 1 FROM person WHERE id = ${ownerId} FOR SHARE`;
  const owner = await tx.person.findUnique({ where: { id: ownerId }, select: { id: true, name: true, status: true } });
  if (!owner) throw fieldError("person_not_found", "ownerId", "There is no such person.");
  if (owner.status === "suspended") throw fieldError("holder_inactive", "ownerId", "This person is suspended.");
  return owner;
}

/**
 * Creates an agent. Errors: `name_taken`, `person_not_found`, `holder_inactive` (field `ownerId`), `role_not_found`;
 * giving it roles needs `role.assign` too.
 */
export const createAgent = defineVerb(
  { action: "agent.create", permission: "agent.write" },
  async (scope, input: CreateAgentInput): Promise<AgentDto> => {
    const { ctx, tx, record } = scope;
    if (input.roleIds.length > 0) requirePermission(ctx, "role.assign");
    const owner = await requireOwner(scope, input.ownerId);
    const { id } = await tx.agent.create({
      data: {
        id: newId("agent"),
        name: input.name,
        kind: input.kind,
        description: input.description,
        ownerId: owner.id,
      },
      select: { id: true },
    });
    const agent = { id, name: input.name };
    record({
      action: "agent.create",
      outcome: "success",
      target: { kind: "agent", ...agent },
      agent,
      person: owner,
      changes: [
        { field: "name", before: null, after: input.name },
        { field: "kind", before: null, after: input.kind },
        { field: "ownerId", before: null, after: owner.id },
      ],
    });
    await setRoles(scope, { kind: "agent", ...agent }, input.roleIds);
    return toAgentDto(await tx.agent.findUniqueOrThrow({ where: { id }, select: agentSelect(nowDate(ctx)) }));
  },
);
