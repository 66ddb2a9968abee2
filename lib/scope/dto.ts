import "server-only";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import type { ScopeDto } from "./schema";

/** The columns a `ScopeDto` is made of. */
export const scopeSelect = {
  id: true,
  serverId: true,
  name: true,
  access: true,
  description: true,
  needsApproval: true,
  createdAt: true,
  tools: { select: { tool: { select: { name: true } } }, orderBy: { tool: { name: "asc" } } },
} satisfies Prisma.ScopeSelect;

/** A row as the DTO. */
export function toScopeDto(row: Prisma.ScopeGetPayload<{ select: typeof scopeSelect }>): ScopeDto {
  return { ...row, tools: row.tools.map(({ tool }) => tool.name), createdAt: row.createdAt.toISOString() };
}
