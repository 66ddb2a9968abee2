import "server-only";
import { requirePermission } from "@/lib/authz/require";
import { nowDate, type Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import type { NumberedPage } from "@/lib/page";
import { resolveScopes } from "@/lib/role/resolve";
import { openTools } from "@/lib/token/effective";
import { widestAccess } from "@/lib/tool/dto";
import { defineRead, type VerbDefinition } from "@/lib/verb";
import type { PageHoldersInput, ServerHolderDto, ServerRoleDto } from "./access-schema";

/** Whoever may see all servers and all roles; the holders, who are people, need more. */
const READ = {
  action: "server.read",
  permission: "server.read",
  target: (input: { serverId: string }) => ({ kind: "server", id: input.serverId }),
} as const satisfies VerbDefinition<{ serverId: string }>;

const liveAt = (at: Date) =>
  Prisma.sql`t.revoked_at IS NULL AND t.expires_at > ${at} AND (t.retires_at IS NULL OR t.retires_at > ${at})`;

/** The roles in use that name the server, each with what it gives there today. Throws `server_not_found`. */
async function readRoles(ctx: Ctx, db: Tx, serverId: string): Promise<ServerRoleDto[]> {
  const [server, roles, tokens] = await Promise.all([
    db.mcpServer.findUnique({
      where: { id: serverId },
      select: {
        scopes: { select: { name: true, access: true }, orderBy: { name: "asc" } },
        tools: { select: { name: true, scopes: { select: { scope: { select: { name: true } } } } } },
      },
    }),
    db.role.findMany({
      where: { archivedAt: null, scopes: { some: { serverId } } },
      select: {
        id: true,
        name: true,
        builtin: true,
        scopes: { where: { serverId }, select: { pattern: true }, orderBy: { pattern: "asc" } },
        _count: { select: { people: true, agents: true } },
      },
      orderBy: [{ name: "asc" }, { id: "asc" }],
    }),
    db.$queryRaw<{ role: string; live: number }[]>`
      SELECT t.role_id AS role, count(*)::int AS live FROM token_server AS ts JOIN token AS t ON t.id = ts.token_id
      WHERE ts.server_id = ${serverId} AND ${liveAt(nowDate(ctx))} GROUP BY t.role_id`,
  ]);
  if (!server) throw new GatehouseError("server_not_found");
  const live = new Map(tokens.map((row) => [row.role, row.live]));
  const tools = server.tools.map(({ name, scopes }) => ({ name, scopes: scopes.map(({ scope }) => scope.name) }));
  return roles.map(({ id, name, builtin, scopes, _count }) => {
    const patterns = scopes.map(({ pattern }) => pattern);
    const resolved = resolveScopes(patterns, server.scopes);
    const names = resolved.map((scope) => scope.name);
    return {
      id,
      name,
      builtin,
      patterns,
      scopes: resolved,
      openTools: openTools(tools, names).length,
      counts: { people: _count.people, agents: _count.agents, liveTokens: live.get(id) ?? 0 },
    };
  });
}

/**
 * The roles through which a server can be called, by name; archived ones give nothing and are left out. Needs `role.read`
 * too. Errors: `server_not_found`.
 */
export const listServerRoles = defineRead(READ, async ({ ctx, db }, input: { serverId: string }) => {
  requirePermission(ctx, "role.read");
  return readRoles(ctx, db, input.serverId);
});

type HolderRow = Omit<ServerHolderDto, "roles" | "access"> & { roleIds: string[] };

/** People and agents who hold one of the roles (and that one, where one is asked for), once each, as `h`. */
const holdersOf = (roleIds: readonly string[], role: string | null) => Prisma.sql`(
  SELECT 'person' AS kind, p.id, p.name, p.email AS detail, p.status = 'suspended' AS suspended, held.ids AS "roleIds"
    FROM (SELECT person_id, array_agg(role_id) AS ids FROM person_role
          WHERE role_id = ANY(${[...roleIds]}) GROUP BY person_id
          HAVING ${role}::text IS NULL OR bool_or(role_id = ${role})) AS held
    JOIN person AS p ON p.id = held.person_id
  UNION ALL
  SELECT 'agent', a.id, a.name, a.kind::text, a.status = 'suspended', held.ids
    FROM (SELECT agent_id, array_agg(role_id) AS ids FROM agent_role
          WHERE role_id = ANY(${[...roleIds]}) GROUP BY agent_id
          HAVING ${role}::text IS NULL OR bool_or(role_id = ${role})) AS held
    JOIN agent AS a ON a.id = held.agent_id) AS h`;

function matching(q: string | undefined): Prisma.Sql {
  if (!q?.trim()) return Prisma.sql`true`;
  const pattern = `%${q.trim().replace(/[\\%_]/g, (char) => `\\${char}`)}%`;
  return Prisma.sql`(h.name ILIKE ${pattern} OR h.detail ILIKE ${pattern})`;
}

/**
 * The people and agents who hold a role that reaches the server, by name, one page with the exact total. Needs
 * `role.read`, `person.read`, `agent.read` and `token.read` too. Errors: `server_not_found`.
 */
export const pageServerHolders = defineRead(
  READ,
  async ({ ctx, db }, input: PageHoldersInput): Promise<NumberedPage<ServerHolderDto>> => {
    for (const permission of ["role.read", "person.read", "agent.read", "token.read"] as const)
      requirePermission(ctx, permission);
    const { serverId, q, page, pageSize } = input;
    const roles = new Map((await readRoles(ctx, db, serverId)).map((role) => [role.id, role]));
    const from = Prisma.sql`${holdersOf([...roles.keys()], input.role ?? null)} WHERE ${matching(q)}`;
    const [counted, rows] = await Promise.all([
      db.$queryRaw<{ total: number }[]>`SELECT count(*)::int AS total FROM ${from}`,
      db.$queryRaw<HolderRow[]>`
        SELECT h.*, (SELECT count(*)::int FROM token_server AS ts JOIN token AS t ON t.id = ts.token_id
          WHERE ts.server_id = ${serverId} AND ${liveAt(nowDate(ctx))}
            AND CASE h.kind WHEN 'person' THEN t.person_id = h.id ELSE t.agent_id = h.id END) AS "liveTokens"
        FROM ${from} ORDER BY lower(h.name), h.id LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`,
    ]);
    const items = rows.map(({ roleIds, ...row }) => {
      const held = roleIds.flatMap((id) => roles.get(id) ?? []);
      const access = widestAccess(held.flatMap(({ scopes }) => scopes.map((scope) => scope.access)));
      const named = held.map(({ id, name }) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name));
      return { ...row, roles: named, access };
    });
    return { items, total: counted[0]?.total ?? 0, page, pageSize };
  },
);
