import "server-only";
import { z } from "zod";
import { may } from "@/lib/authz/require";
import { decodeCursor, encodeCursor } from "@/lib/cursor";
import { GatehouseError } from "@/lib/errors";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import type { Page } from "@/lib/page";
import { SERVER_READ, visibleServers } from "@/lib/server/reach";
import { defineRead } from "@/lib/verb";
import { scopeSelect, toScopeDto } from "./dto";
import type { ListScopesInput, ScopeDto } from "./schema";

const positionSchema = z.tuple([z.string(), z.string()]);

/**
 * Lists scopes by name; those of the built-in server only where it is named. A member sees the scopes of the servers
 * that their roles name. Errors: `invalid_cursor`.
 */
export const listScopes = defineRead(
  SERVER_READ,
  async ({ ctx, db }, input: ListScopesInput): Promise<Page<ScopeDto>> => {
    const { limit, cursor, q, serverId } = input;
    const list = `scopes:${JSON.stringify([q, serverId])}`;
    const contains = { contains: q ?? "", mode: "insensitive" } as const;
    const where: Prisma.ScopeWhereInput = {
      AND: [
        { server: visibleServers(ctx) },
        serverId ? { serverId } : { server: { builtin: false } },
        q ? { OR: [{ name: contains }, { description: contains }] } : {},
        cursor ? after(decodeCursor(list, cursor, positionSchema)) : {},
      ],
    };
    const orderBy = [{ name: "asc" as const }, { id: "asc" as const }];
    const rows = await db.scope.findMany({ where, orderBy, take: limit + 1, select: scopeSelect });
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      items: rows.slice(0, limit).map(toScopeDto),
      nextCursor: last ? encodeCursor(list, [last.name, last.id]) : null,
    };
  },
);

function after([name, id]: readonly [string, string]): Prisma.ScopeWhereInput {
  return { OR: [{ name: { gt: name } }, { name, id: { gt: id } }] };
}

/** One scope. Errors: `scope_not_found`, also where it is not theirs to see. */
export const getScope = defineRead(
  { ...SERVER_READ, target: (input: { scopeId: string }) => ({ kind: "scope", id: input.scopeId }) },
  async ({ ctx, db }, { scopeId }): Promise<ScopeDto> => {
    const row = await db.scope.findFirst({
      where: { id: scopeId, server: visibleServers(ctx) },
      select: scopeSelect,
    });
    if (row) return toScopeDto(row);
    throw new GatehouseError("scope_not_found", {
      refusal: !may(ctx, "server.read"),
      internal: may(ctx, "server.read") ? undefined : "unknown, or not theirs",
    });
  },
);
