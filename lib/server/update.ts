import "server-only";
import { changesBetween } from "@/lib/audit/changes";
import { nowDate } from "@/lib/ctx";
import { defineVerb } from "@/lib/verb";
import { readServerDto } from "./dto";
import { lockServer } from "./lock";
import type { ServerDto, UpdateServerInput } from "./schema";
import { lockSlugs } from "./slug";

/**
 * Changes a server; what is left out stays. Disabling it ends the use of every token on it at once, another `resource` that of callers
 * who name the old one, and `requireDpop` that of OAuth tokens that are bound to no key. With `auditLevel: "metadata"` no call that comes
 * after it leaves its arguments in the log. Errors: `server_not_found`, `builtin_immutable`, `name_taken`,
 * `slug_taken`, `resource_taken`.
 */
export const updateServer = defineVerb(
  {
    action: "server.update",
    permission: "server.write",
    target: (input: UpdateServerInput) => ({ kind: "server", id: input.serverId }),
  },
  async (scope, input): Promise<ServerDto> => {
    const { ctx, tx, record } = scope;
    const { serverId, ...wanted } = input;
    if (wanted.slug !== undefined) await lockSlugs(tx);
    const { importUrl: _importUrl, ...before } = await lockServer(scope, serverId);
    const changes = changesBetween(before, wanted);
    if (changes.length === 0) return readServerDto(ctx, tx, serverId);
    const changed = new Set(changes.map(({ field }) => field));
    const disabledAt = changed.has("status") ? (wanted.status === "disabled" ? nowDate(ctx) : null) : undefined;
    await tx.mcpServer.update({ where: { id: serverId }, data: { ...wanted, disabledAt } });
    const server = { id: serverId, name: wanted.name ?? before.name };
    record({
      action: !changed.has("status")
        ? "server.update"
        : wanted.status === "disabled"
          ? "server.disable"
          : "server.enable",
      outcome: "success",
      target: { kind: "server", ...server },
      server,
      changes,
    });
    const dto = await readServerDto(ctx, tx, serverId);
    const narrower =
      disabledAt ||
      changed.has("resource") ||
      (changed.has("requireDpop") && wanted.requireDpop) ||
      (changed.has("auditLevel") && wanted.auditLevel === "metadata");
    if (narrower) await scope.narrow([{ kind: "server", id: serverId }]);
    return dto;
  },
);
