import "server-only";
import type { Tx } from "@/lib/db";
import type { ConsoleRole } from "@/lib/person/console-role";
import type { OfferedScope } from "@/lib/role/resolve";

/** Whom and what a token is for. */
export type PartyIds = {
  personId: string | null;
  agentId: string | null;
  roleId: string;
  serverIds: readonly string[];
};

export type PartyServer = {
  id: string;
  name: string;
  slug: string;
  disabled: boolean;
  builtin: boolean;
  maxSeconds: number | null;
  /** The role's patterns on this server, and what this server offers. */
  rolePatterns: string[];
  offered: OfferedScope[];
};

/** The rows behind `PartyIds`, as far as they exist. */
export type Parties = {
  person: { id: string; name: string; suspended: boolean; consoleRole: ConsoleRole } | null;
  agent: { id: string; name: string; suspended: boolean; ownerId: string | null } | null;
  role: { id: string; name: string; archived: boolean } | null;
  /** By id. */
  servers: ReadonlyMap<string, PartyServer>;
  /** True where the holder (the person if there is one, else the agent) holds the role. */
  roleHeld: boolean;
  instanceMaxSeconds: number;
  instanceDefaultSeconds: number;
};

/**
 * Reads the parties of a new token and holds them as they are until the transaction ends: a suspension, an archiving, a
 * role edit or a mass revocation of the same moment comes wholly before it or wholly after it. Always in the order
 * instance, person, agent, role, servers (and then tokens), so that two such transactions do not deadlock.
 */
export async function lockParties(tx: Tx, ids: PartyIds): Promise<Parties> {
  const serverIds = [...new Set(ids.serverIds)];
  const [instance] = await tx.$queryRaw<{ max: number; standard: number }[]>`
    SELECT max_token_lifetime_seconds AS max, default_token_lifetime_seconds AS standard FROM instance WHERE id = 1 FOR SHARE`;
  if (!instance) throw new Error("instance has no row");
  const [person = null] = await tx.$queryRaw<NonNullable<Parties["person"]>[]>`
    SELECT id, name, status = 'suspended' AS suspended, console_role::text AS "consoleRole"
    FROM person WHERE id = ${ids.personId} FOR SHARE`;
  const [agent = null] = await tx.$queryRaw<NonNullable<Parties["agent"]>[]>`
    SELECT id, name, status = 'suspended' AS suspended, owner_id AS "ownerId" FROM agent WHERE id = ${ids.agentId} FOR SHARE`;
  const [role = null] = await tx.$queryRaw<NonNullable<Parties["role"]>[]>`
    SELECT id, name, archived_at IS NOT NULL AS archived FROM role WHERE id = ${ids.roleId} FOR SHARE`;
  await tx.$executeRaw`SELECT 1 FROM mcp_server WHERE id = ANY(${serverIds}::text[]) ORDER BY id FOR SHARE`;
  const held =
    ids.personId !== null
      ? await tx.personRole.count({ where: { personId: ids.personId, roleId: ids.roleId } })
      : await tx.agentRole.count({ where: { agentId: ids.agentId ?? "", roleId: ids.roleId } });
  return {
    person,
    agent,
    role,
    servers: await readServers(tx, serverIds, ids.roleId),
    roleHeld: held > 0,
    instanceMaxSeconds: instance.max,
    instanceDefaultSeconds: instance.standard,
  };
}

async function readServers(tx: Tx, serverIds: string[], roleId: string): Promise<Map<string, PartyServer>> {
  const rows = await tx.mcpServer.findMany({
    where: { id: { in: serverIds } },
    orderBy: { id: "asc" },
    select: {
      id: true,
      name: true,
      slug: true,
      status: true,
      builtin: true,
      maxTokenLifetimeSeconds: true,
      scopes: { select: { name: true, access: true }, orderBy: { name: "asc" } },
      roleScopes: { where: { roleId }, select: { pattern: true } },
    },
  });
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        name: row.name,
        slug: row.slug,
        disabled: row.status === "disabled",
        builtin: row.builtin,
        maxSeconds: row.maxTokenLifetimeSeconds,
        rolePatterns: row.roleScopes.map(({ pattern }) => pattern),
        offered: row.scopes,
      },
    ]),
  );
}
