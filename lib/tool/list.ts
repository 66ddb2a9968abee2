import "server-only";
import { z } from "zod";
import { may } from "@/lib/authz/require";
import { decodeCursor, encodeCursor } from "@/lib/cursor";
import { GatehouseError } from "@/lib/errors";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import type { Page } from "@/lib/page";
import { SERVER_READ, visibleServers } from "@/lib/server/reach";
import { defineRead } from "@/lib/verb";
import { toolSelect, toToolDto } from "./dto";
import type { ListToolsInput, ToolDto } from "./schema";

const positionSchema = z.tuple([z.string(), z.string()]);

/** Lists tools by name. A member sees the tools of the servers that their roles name. Errors: `invalid_cursor`. */
export const listTools = defineRead(SERVER_READ, async ({ ctx, db }, input: ListToolsInput): Promise<Page<ToolDto>> => {
  const { limit, cursor, q, serverId, drift, closed } = input;
  const list = `tools:${JSON.stringify([q, serverId, drift, closed])}`;
  const contains = { contains: q ?? "", mode: "insensitive" } as const;
  const where: Prisma.ToolWhereInput = {
    AND: [
      { server: visibleServers(ctx), serverId, drift: drift === "any" ? { not: "none" } : drift },
      closed === undefined ? {} : { scopes: closed ? { none: {} } : { some: {} } },
      q ? { OR: [{ name: contains }, { title: contains }, { description: contains }] } : {},
      cursor ? after(decodeCursor(list, cursor, positionSchema)) : {},
    ],
  };
  const orderBy = [{ name: "asc" as const }, { id: "asc" as const }];
  const rows = await db.tool.findMany({ where, orderBy, take: limit + 1, select: toolSelect });
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    items: rows.slice(0, limit).map(toToolDto),
    nextCursor: last ? encodeCursor(list, [last.name, last.id]) : null,
  };
});

function after([name, id]: readonly [string, string]): Prisma.ToolWhereInput {
  return { OR: [{ name: { gt: name } }, { name, id: { gt: id } }] };
}

/** One tool. Errors: `tool_not_found`, also where it is not theirs to see. */
export const getTool = defineRead(
  { ...SERVER_READ, target: (input: { toolId: string }) => ({ kind: "tool", id: input.toolId }) },
  async ({ ctx, db }, { toolId }): Promise<ToolDto> => {
    const row = await db.tool.findFirst({ where: { id: toolId, server: visibleServers(ctx) }, select: toolSelect });
    if (row) return toToolDto(row);
    throw new GatehouseError("tool_not_found", {
      refusal: !may(ctx, "server.read"),
      internal: may(ctx, "server.read") ? undefined : "unknown, or not theirs",
    });
  },
);
