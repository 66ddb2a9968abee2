import "server-only";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import { liveGrantsAt, ownTokensAt } from "@/lib/oauth/live";
import { documentHost } from "@/lib/oauth/redirect";
import { liveTokensAt } from "@/lib/token/live";
import type { AgentDto } from "./schema";

/** The columns an `AgentDto` is made of. `liveAt` is the moment by which tokens count as live. */
export const agentSelect = (liveAt: Date) =>
  ({
    id: true,
    name: true,
    description: true,
    kind: true,
    status: true,
    builtin: true,
    origin: true,
    client: { select: { clientId: true } },
    createdAt: true,
    updatedAt: true,
    owner: { select: { id: true, name: true, status: true } },
    roles: {
      where: { role: { archivedAt: null } },
      select: { role: { select: { id: true, name: true } } },
      orderBy: { role: { name: "asc" } },
    },
    _count: {
      select: {
        tokens: { where: liveTokensAt(liveAt) },
        grants: { where: liveGrantsAt(liveAt) },
        accessTokens: { where: ownTokensAt(liveAt) },
      },
    },
  }) satisfies Prisma.AgentSelect;

type AgentRow = Prisma.AgentGetPayload<{ select: ReturnType<typeof agentSelect> }>;

/** A row as the DTO. */
export function toAgentDto(row: AgentRow): AgentDto {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    kind: row.kind,
    status: row.status,
    builtin: row.builtin,
    owner: row.owner,
    origin: row.origin,
    documentHost: documentHost(row.client?.clientId ?? ""),
    orphaned: row.kind === "machine" && row.owner?.status === "suspended",
    roles: row.roles.map(({ role }) => role),
    liveTokens: row._count.tokens,
    liveConnections: row._count.grants + row._count.accessTokens,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
