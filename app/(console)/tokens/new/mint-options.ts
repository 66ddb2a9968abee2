import "server-only";
import { allOf } from "@/app/_lib/all-of";
import type { PersonCtx } from "@/app/_lib/ctx";
import { listAgents } from "@/lib/agent/list";
import { listAgentsSchema } from "@/lib/agent/schema";
import { may } from "@/lib/authz/require";
import { getPerson, listPeople } from "@/lib/person/list";
import { listPeopleSchema } from "@/lib/person/schema";
import { getTokenPolicy } from "@/lib/policy/get";
import { listRoles } from "@/lib/role/list";
import { listRolesSchema, type RoleDto } from "@/lib/role/schema";
import { listScopes } from "@/lib/scope/list";
import { listScopesSchema, type ScopeDto } from "@/lib/scope/schema";
import { listServers } from "@/lib/server/list";
import { listServersSchema, type ServerDto } from "@/lib/server/schema";
import type { MintOptions, RoleOption } from "../_components/mint-options";

/** Everything that the form offers: holders with their roles, what each role opens on which server, the policy. */
export async function loadMintOptions(ctx: PersonCtx): Promise<MintOptions> {
  const mayMintForOthers = may(ctx, "token.mint");
  const [people, agents, roles, servers, scopes, policy] = await Promise.all([
    mayMintForOthers
      ? allOf((page) => listPeople(ctx, listPeopleSchema.parse({ ...page, status: "active" })))
      : getPerson(ctx, { personId: ctx.actor.personId }).then((person) => [person]),
    allOf((page) => listAgents(ctx, listAgentsSchema.parse({ ...page, status: "active" }))),
    allOf((page) => listRoles(ctx, listRolesSchema.parse(page))),
    allOf((page) => listServers(ctx, listServersSchema.parse({ ...page, status: "active", includeBuiltin: "true" }))),
    allOf((page) => listScopes(ctx, listScopesSchema.parse(page))),
    getTokenPolicy(ctx, undefined),
  ]);
  return {
    selfId: ctx.actor.personId,
    mayMintForOthers,
    people: people.map(({ id, name, email, roles: held }) => ({
      id,
      name,
      email,
      roleIds: held.map((role) => role.id),
    })),
    agents: agents
      .filter((agent) => !agent.builtin)
      .map(({ id, name, kind, owner, roles: held }) => ({
        id,
        name,
        kind,
        ownerName: owner?.name ?? null,
        roleIds: held.map((role) => role.id),
      })),
    roles: roles.map((role) => roleOption(role, new Map(servers.map((server) => [server.id, server])), scopes)),
    policy: { maxSeconds: policy.maxTokenLifetimeSeconds, defaultSeconds: policy.defaultTokenLifetimeSeconds },
  };
}

function roleOption(role: RoleDto, servers: ReadonlyMap<string, ServerDto>, scopes: readonly ScopeDto[]): RoleOption {
  return {
    id: role.id,
    name: role.name,
    description: role.description,
    readOnly: role.readOnly,
    servers: role.grants.flatMap((grant) => {
      const server = servers.get(grant.serverId);
      if (!server || grant.resolved.length === 0) return [];
      const offered = scopes.filter((scope) => scope.serverId === server.id);
      return [
        {
          id: server.id,
          name: server.name,
          slug: server.slug,
          resource: server.resource,
          builtin: server.builtin,
          maxSeconds: server.maxTokenLifetimeSeconds,
          scopes: grant.resolved.map(({ name, access }) => {
            const scope = offered.find((one) => one.name === name);
            return { name, access, description: scope?.description ?? "", tools: scope?.tools ?? [] };
          }),
        },
      ];
    }),
  };
}
