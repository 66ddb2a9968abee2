import "server-only";
import { allOf } from "@/app/_lib/all-of";
import type { PersonCtx } from "@/app/_lib/ctx";
import { listScopes } from "@/lib/scope/list";
import { listScopesSchema } from "@/lib/scope/schema";
import { listServers } from "@/lib/server/list";
import { listServersSchema } from "@/lib/server/schema";
import { listTokens } from "@/lib/token/list";
import { listTokensSchema } from "@/lib/token/schema";
import type { RoleServer, RoleToken } from "./_components/role-draft";

/** The servers and what each offers, by name, the built-in one last. */
export async function loadRoleServers(ctx: PersonCtx): Promise<RoleServer[]> {
  const [servers, scopes] = await Promise.all([
    allOf((page) => listServers(ctx, listServersSchema.parse({ ...page, includeBuiltin: "true" }))),
    allOf((page) => listScopes(ctx, listScopesSchema.parse(page))),
  ]);
  return servers
    .map(({ id, name, slug, builtin }) => ({
      id,
      name: builtin ? "Gatehouse admin API" : name,
      slug,
      builtin,
      scopes: scopes
        .filter((scope) => scope.serverId === id)
        .map((scope) => ({
          name: scope.name,
          access: scope.access,
          description: scope.description,
          tools: scope.tools,
        }))
        .sort((a, b) => a.name.localeCompare(b.name)),
    }))
    .sort((a, b) => Number(a.builtin) - Number(b.builtin) || a.name.localeCompare(b.name));
}

/** The live tokens under a role, as far as the form's forecast goes (at most 1,000). */
export async function loadRoleTokens(ctx: PersonCtx, roleId: string): Promise<RoleToken[]> {
  const tokens = await allOf((page) => listTokens(ctx, listTokensSchema.parse({ ...page, roleId, state: "live" })));
  return tokens.map(({ id, name, kind, scopes, servers }) => ({
    id,
    name,
    kind,
    scopes,
    serverIds: servers.map((server) => server.id),
  }));
}
