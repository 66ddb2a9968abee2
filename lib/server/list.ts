import "server-only";
import { z } from "zod";
import { may } from "@/lib/authz/require";
import { decodeCursor, encodeCursor } from "@/lib/cursor";
import { GatehouseError } from "@/lib/errors";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import type { Page } from "@/lib/page";
import { defineRead } from "@/lib/verb";
import { serverSelect, toServerDtos } from "./dto";
import { SERVER_READ, visibleServers } from "./reach";
import type { ListServersInput, ServerDto } from "./schema";

const positionSchema = z.tuple([z.string()]);

/**
 * Lists servers by id (so, by age), newest first; the built-in one only where asked for. A member sees those that their
 * roles name. Errors: `invalid_cursor`.
 */
export const listServers = defineRead(
  SERVER_READ,
  async ({ ctx, db }, input: ListServersInput): Promise<Page<ServerDto>> => {
    const { limit, cursor, q, status, includeBuiltin } = input;
    const scope = `servers:${JSON.stringify([q, status, includeBuiltin])}`;
    const contains = { contains: q ?? "", mode: "insensitive" } as const;
    const where: Prisma.McpServerWhereInput = {
      AND: [
        visibleServers(ctx),
        status ? { status } : {},
        includeBuiltin ? {} : { builtin: false },
        q ? { OR: [{ name: contains }, { slug: contains }, { resource: contains }, { description: contains }] } : {},
        cursor ? { id: { lt: decodeCursor(scope, cursor, positionSchema)[0] } } : {},
      ],
    };
    const rows = await db.mcpServer.findMany({ where, orderBy: { id: "desc" }, take: limit + 1, select: serverSelect });
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      items: await toServerDtos(ctx, db, rows.slice(0, limit)),
      nextCursor: last ? encodeCursor(scope, [last.id]) : null,
    };
  },
);

/** One server. Errors: `server_not_found`, also where it is not theirs to see. */
export const getServer = defineRead(
  { ...SERVER_READ, target: (input: { serverId: string }) => ({ kind: "server", id: input.serverId }) },
  async ({ ctx, db }, input): Promise<ServerDto> => {
    const row = await db.mcpServer.findFirst({
      where: { AND: [{ id: input.serverId }, visibleServers(ctx)] },
      select: serverSelect,
    });
    const [dto] = await toServerDtos(ctx, db, row ? [row] : []);
    if (dto) return dto;
    // Who sees all servers met no refusal: there is none of this id.
    throw new GatehouseError("server_not_found", {
      refusal: !may(ctx, "server.read"),
      internal: may(ctx, "server.read") ? undefined : "unknown, or not theirs",
    });
  },
);
