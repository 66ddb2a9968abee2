import "server-only";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import { ACCESS_LEVELS, type Access } from "@/lib/server/schema";
import { toolAnnotationsSchema, toolDefinitionSchema, type ToolDto } from "./schema";

/** The columns a `ToolDto` is made of. */
export const toolSelect = {
  id: true,
  serverId: true,
  name: true,
  title: true,
  description: true,
  source: true,
  annotations: true,
  inputSchema: true,
  suggestedAccess: true,
  drift: true,
  pending: true,
  createdAt: true,
  updatedAt: true,
  scopes: { select: { scope: { select: { name: true, access: true } } }, orderBy: { scope: { name: "asc" } } },
} satisfies Prisma.ToolSelect;

type ToolRow = Prisma.ToolGetPayload<{ select: typeof toolSelect }>;

/** The widest of several accesses (`read` < `write` < `admin`); null for none. */
export function widestAccess(accesses: readonly Access[]): Access | null {
  return accesses.reduce<Access | null>(
    (widest, access) =>
      widest === null || ACCESS_LEVELS.indexOf(access) > ACCESS_LEVELS.indexOf(widest) ? access : widest,
    null,
  );
}

/** A row as the DTO. */
export function toToolDto(row: ToolRow): ToolDto {
  return {
    ...row,
    annotations: toolAnnotationsSchema.parse(row.annotations),
    access: widestAccess(row.scopes.map(({ scope }) => scope.access)),
    scopes: row.scopes.map(({ scope }) => scope.name),
    pending: row.pending === null ? null : toolDefinitionSchema.parse(row.pending),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
