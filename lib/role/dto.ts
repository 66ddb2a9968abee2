import "server-only";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import { liveTokensAt } from "@/lib/token/live";
import { resolveScopes } from "./resolve";
import type { RoleDto } from "./schema";

/** The columns a `RoleDto` is made of. `liveAt` is the moment by which tokens count as live. */
export const roleSelect = (liveAt: Date) =>
  ({
    id: true,
    name: true,
    description: true,
    builtin: true,
    archivedAt: true,
    createdAt: true,
    updatedAt: true,
    scopes: {
      select: {
        pattern: true,
        server: {
          select: {
            id: true,
            name: true,
            slug: true,
            scopes: { select: { name: true, access: true }, orderBy: { name: "asc" } },
          },
        },
      },
      orderBy: [{ server: { name: "asc" } }, { pattern: "asc" }],
    },
    _count: { select: { people: true, agents: true, tokens: { where: liveTokensAt(liveAt) } } },
  }) satisfies Prisma.RoleSelect;

type RoleRow = Prisma.RoleGetPayload<{ select: ReturnType<typeof roleSelect> }>;

function toGrants(rows: RoleRow["scopes"]): RoleDto["grants"] {
  const byServer = new Map<string, { server: RoleRow["scopes"][number]["server"]; patterns: string[] }>();
  for (const { server, pattern } of rows) {
    const grant = byServer.get(server.id) ?? { server, patterns: [] };
    grant.patterns.push(pattern);
    byServer.set(server.id, grant);
  }
  return [...byServer.values()].map(({ server, patterns }) => ({
    serverId: server.id,
    serverName: server.name,
    serverSlug: server.slug,
    scopes: patterns,
    resolved: resolveScopes(patterns, server.scopes),
  }));
}

/** A row as the DTO. */
export function toRoleDto(row: RoleRow): RoleDto {
  const grants = toGrants(row.scopes);
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    builtin: row.builtin,
    readOnly: grants.every(({ resolved }) => resolved.every(({ access }) => access === "read")),
    scopes: [...new Set(grants.flatMap(({ scopes }) => scopes))].sort(),
    serverIds: grants.map(({ serverId }) => serverId),
    grants,
    counts: { people: row._count.people, agents: row._count.agents, liveTokens: row._count.tokens },
    archivedAt: row.archivedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
