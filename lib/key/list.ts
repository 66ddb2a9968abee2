import "server-only";
import { GatehouseError } from "@/lib/errors";
import type { Page } from "@/lib/page";
import { defineRead } from "@/lib/verb";
import { keySelect, toKeyDto } from "./dto";
import type { KeyDto } from "./schema";

/** Every key of a server, newest first, on one page. Errors: `server_not_found`. */
export const listKeys = defineRead(
  {
    action: "server.read",
    permission: "server.read",
    target: (input: { serverId: string }) => ({ kind: "server", id: input.serverId }),
  },
  async ({ ctx, db }, { serverId }): Promise<Page<KeyDto>> => {
    const server = await db.mcpServer.findUnique({
      where: { id: serverId },
      select: { keys: { select: keySelect, orderBy: { id: "desc" } } },
    });
    if (!server) throw new GatehouseError("server_not_found");
    return { items: server.keys.map((key) => toKeyDto(ctx, key)), nextCursor: null };
  },
);
