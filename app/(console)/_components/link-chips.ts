import "server-only";
import type { PersonCtx } from "@/app/_lib/ctx";
import { getAgent } from "@/lib/agent/list";
import { GatehouseError } from "@/lib/errors";
import { getPerson } from "@/lib/person/list";
import { getRole } from "@/lib/role/list";
import { getServer } from "@/lib/server/list";

type LinkFilters = {
  personId?: string | undefined;
  agentId?: string | undefined;
  roleId?: string | undefined;
  serverId?: string | undefined;
  ownerId?: string | undefined;
};

/** What is not there, or not theirs to see, is called by its id: the filter holds all the same. */
async function nameOr(id: string, reading: Promise<{ name: string }>): Promise<string> {
  try {
    return (await reading).name;
  } catch (error) {
    if (error instanceof GatehouseError) return id;
    throw error;
  }
}

/** The filters of a list that came with a link, each by the name of its thing. */
export async function loadLinkChips(ctx: PersonCtx, filters: LinkFilters) {
  const { personId, agentId, roleId, serverId, ownerId } = filters;
  const found = await Promise.all([
    personId ? chip("personId", "Person", nameOr(personId, getPerson(ctx, { personId }))) : null,
    agentId ? chip("agentId", "Agent", nameOr(agentId, getAgent(ctx, { agentId }))) : null,
    roleId ? chip("roleId", "Role", nameOr(roleId, getRole(ctx, { roleId }))) : null,
    ownerId ? chip("ownerId", "Owner", nameOr(ownerId, getPerson(ctx, { personId: ownerId }))) : null,
    serverId ? chip("serverId", "Server", nameOr(serverId, getServer(ctx, { serverId }))) : null,
  ]);
  return found.filter((one) => one !== null);
}

async function chip(param: string, label: string, name: Promise<string>) {
  return { param, label, value: await name };
}
