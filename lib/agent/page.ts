import "server-only";
import { nowDate } from "@/lib/ctx";
import { CONSOLE_PAGE_SIZE, type NumberedPage } from "@/lib/page";
import { defineRead } from "@/lib/verb";
import { agentSelect, toAgentDto } from "./dto";
import { agentsWhere } from "./list";
import type { AgentDto, PageAgentsInput } from "./schema";

/**
 * A page of agents by number, `CONSOLE_PAGE_SIZE` rows, with the exact total. A page behind the last one is empty. A
 * member sees their own.
 */
export const pageAgents = defineRead(
  { action: "agent.read", permission: ["agent.read", "agent.read.own"] },
  async ({ ctx, db }, input: PageAgentsInput): Promise<NumberedPage<AgentDto>> => {
    const { page, sort, order } = input;
    const where = agentsWhere(ctx, input);
    const [total, rows] = await Promise.all([
      db.agent.count({ where }),
      db.agent.findMany({
        where,
        orderBy: sort === "name" ? [{ name: order }, { id: order }] : [{ id: order }],
        take: CONSOLE_PAGE_SIZE,
        skip: (page - 1) * CONSOLE_PAGE_SIZE,
        select: agentSelect(nowDate(ctx)),
      }),
    ]);
    return { items: rows.map(toAgentDto), total, page, pageSize: CONSOLE_PAGE_SIZE };
  },
);
