import "server-only";
import { env } from "@/lib/env";
import { GatehouseError } from "@/lib/errors";
import { challenge } from "@/lib/server/challenge";
import type { ChallengesDto } from "@/lib/server/challenges-schema";
import { PROOF_ALGORITHMS } from "@/lib/validate/dpop";
import { defineRead } from "@/lib/verb";
import { RESOURCES_PATH } from "./protected-resource";
import { defaultScopes } from "./resource";

/** Where clients look for a server's metadata where nobody tells them (RFC 9728 §3.1); null where they cannot. */
export function wellKnownMetadata(resource: string): string | null {
  const url = new URL(resource);
  if (!/^https?:$/.test(url.protocol)) return null;
  const path = url.pathname === "/" ? "" : url.pathname;
  return `${url.origin}/.well-known/oauth-protected-resource${path}${url.search}`;
}

/**
 * Ready `WWW-Authenticate` values of a server, as its scopes and tools are now. `offline_access` is in none of them, as MCP asks:
 * a token that lasts is between the client and Gatehouse. Errors: `server_not_found`, also for the built-in one.
 */
export const getChallenges = defineRead(
  {
    action: "server.read",
    permission: "server.read",
    target: (input: { serverId: string }) => ({ kind: "server", id: input.serverId }),
  },
  async ({ db }, { serverId }): Promise<ChallengesDto> => {
    const server = await db.mcpServer.findFirst({
      where: { id: serverId, builtin: false },
      select: {
        slug: true,
        resource: true,
        requireDpop: true,
        scopes: {
          where: { name: { not: "offline_access" } },
          select: { id: true, name: true, access: true, description: true, needsApproval: true },
          orderBy: { name: "asc" },
        },
        tools: {
          select: { name: true, scopes: { select: { scope: { select: { name: true } } } } },
          orderBy: { name: "asc" },
        },
      },
    });
    if (!server) throw new GatehouseError("server_not_found");
    const hosted = `${env().GATEHOUSE_URL}${RESOURCES_PATH}${server.slug}`;
    const say = (error: string | undefined, scopes: readonly string[]): string =>
      challenge(server.requireDpop ? "DPoP" : "Bearer", {
        algs: server.requireDpop ? PROOF_ALGORITHMS.join(" ") : undefined,
        error,
        scope: scopes.length > 0 ? scopes.join(" ") : undefined,
        resource_metadata: hosted,
      });
    const first = defaultScopes(server);
    return {
      metadata: { hosted, wellKnown: wellKnownMetadata(server.resource) },
      unauthenticated: say(undefined, first),
      invalidToken: say("invalid_token", first),
      insufficientScope: bySetOfScopes(server.tools).map((set) => ({
        ...set,
        value: say("insufficient_scope", set.scopes),
      })),
    };
  },
);

/** Tools that need the same scopes, together. A closed tool has no scope that would open it. */
function bySetOfScopes(
  tools: readonly { name: string; scopes: readonly { scope: { name: string } }[] }[],
): { scopes: string[]; tools: string[] }[] {
  const sets = new Map<string, { scopes: string[]; tools: string[] }>();
  for (const tool of tools) {
    const scopes = tool.scopes.map(({ scope }) => scope.name).sort();
    if (scopes.length === 0) continue;
    const set = sets.get(scopes.join(" ")) ?? { scopes, tools: [] };
    set.tools.push(tool.name);
    sets.set(scopes.join(" "), set);
  }
  return [...sets.values()];
}
