import "server-only";
import { z } from "zod";
import { reach } from "@/lib/authz/require";
import { nowDate, type Ctx } from "@/lib/ctx";
import { decodeCursor, encodeCursor } from "@/lib/cursor";
import { GatehouseError } from "@/lib/errors";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import type { Page } from "@/lib/page";
import { defineRead } from "@/lib/verb";
import { agentSelect, toAgentDto } from "./dto";
import type { AgentDto, ListAgentsInput } from "./schema";

const READ = { action: "agent.read", permission: ["agent.read", "agent.read.own"] } as const;
const AGENT_READ = {
  ...READ,
  target: (input: { agentId: string }) => ({ kind: "agent", id: input.agentId }) as const,
} as const;
const positionSchema = z.tuple([z.string()]);

const UNOWNED = { ownerId: null, builtin: false } satisfies Prisma.AgentWhereInput;

/** The agents that match, within what the asking person may see. */
export function agentsWhere(ctx: Ctx, filter: Omit<ListAgentsInput, "limit" | "cursor">): Prisma.AgentWhereInput {
  const { q, kind, status, ownerId, origin, unowned, roleId } = filter;
  const within = reach(ctx, "agent.read");
  return {
    kind,
    status,
    ownerId,
    origin,
    roles: roleId ? { some: { roleId } } : undefined,
    AND: [
      within.all ? {} : { ownerId: within.personId },
      unowned === undefined ? {} : unowned ? UNOWNED : { NOT: UNOWNED },
      q
        ? {
            OR: [{ name: { contains: q, mode: "insensitive" } }, { description: { contains: q, mode: "insensitive" } }],
          }
        : {},
    ],
  };
}

/** Lists agents by id (so, by age), newest first. A member sees their own. Errors: `invalid_cursor`. */
export const listAgents = defineRead(READ, async ({ ctx, db }, input: ListAgentsInput): Promise<Page<AgentDto>> => {
  const { limit, cursor, q, ...filters } = input;
  const scope = `agents:${JSON.stringify([q, filters])}`;
  const after = cursor ? { id: { lt: decodeCursor(scope, cursor, positionSchema)[0] } } : {};
  const rows = await db.agent.findMany({
    where: { AND: [agentsWhere(ctx, { q, ...filters }), after] },
    orderBy: { id: "desc" },
    take: limit + 1,
    select: agentSelect(nowDate(ctx)),
  });
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { items: rows.slice(0, limit).map(toAgentDto), nextCursor: last ? encodeCursor(scope, [last.id]) : null };
});

/** One agent. Errors: `agent_not_found`, also where it is not theirs to see. */
export const getAgent = defineRead(AGENT_READ, async ({ ctx, db }, input: { agentId: string }): Promise<AgentDto> => {
  const within = reach(ctx, "agent.read");
  const row = await db.agent.findUnique({
    where: { id: input.agentId },
    select: { ...agentSelect(nowDate(ctx)), ownerId: true },
  });
  if (!row) throw new GatehouseError("agent_not_found");
  if (!within.all && row.ownerId !== within.personId)
    throw new GatehouseError("agent_not_found", { refusal: true, internal: "not theirs" });
  return toAgentDto(row);
});
