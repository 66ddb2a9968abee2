import "server-only";
import { z } from "zod";
import { reach } from "@/lib/authz/require";
import { decodeCursor, encodeCursor } from "@/lib/cursor";
import { nowDate, type Ctx } from "@/lib/ctx";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import { isoOrNull } from "@/lib/instant";
import type { Page } from "@/lib/page";
import { defineRead } from "@/lib/verb";
import { documentHost } from "./redirect";
import type { GrantDto, ListGrantsInput } from "./schema";
import { requireTheirGrant } from "./their-grant";

/** The columns a `GrantDto` is made of. */
export const grantSelect = {
  id: true,
  declared: true,
  tools: true,
  remembered: true,
  ip: true,
  userAgent: true,
  createdAt: true,
  expiresAt: true,
  revokedAt: true,
  revokedReason: true,
  person: { select: { id: true, name: true } },
  agent: { select: { id: true, name: true, origin: true, client: { select: { clientId: true } } } },
  server: { select: { id: true, name: true, resource: true } },
  scopes: { select: { scope: { select: { name: true, access: true } } }, orderBy: { scope: { name: "asc" } } },
  activity: { select: { lastUsedAt: true, lastTool: true } },
} as const satisfies Prisma.OauthGrantSelect;

type Row = Prisma.OauthGrantGetPayload<{ select: typeof grantSelect }>;

/** A row as the DTO. */
export function toGrantDto(row: Row, now: Date): GrantDto {
  const { agent } = row;
  return {
    id: row.id,
    person: row.person,
    agent: { id: agent.id, name: agent.name, origin: agent.origin, host: documentHost(agent.client?.clientId ?? "") },
    server: row.server,
    scopes: row.scopes.map(({ scope }) => scope),
    tools: row.declared ? row.tools : null,
    remembered: row.remembered,
    status: row.revokedAt ? "revoked" : row.expiresAt <= now ? "expired" : "live",
    ip: row.ip,
    userAgent: row.userAgent,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    lastUsedAt: isoOrNull(row.activity?.lastUsedAt),
    lastTool: row.activity?.lastTool ?? null,
    revokedAt: isoOrNull(row.revokedAt),
    revokedReason: row.revokedReason,
  };
}

const READ = { action: "grant.read", permission: ["grant.read", "grant.read.own"] } as const;
const positionSchema = z.tuple([z.string()]);

function statusWhere(status: ListGrantsInput["status"], now: Date): Prisma.OauthGrantWhereInput {
  switch (status) {
    case "live":
      return { revokedAt: null, expiresAt: { gt: now } };
    case "expired":
      return { revokedAt: null, expiresAt: { lte: now } };
    case "revoked":
      return { revokedAt: { not: null } };
    case undefined:
      return {};
  }
}

/** The grants that match, within what the asking person may see. */
export function grantsWhere(
  ctx: Ctx,
  { status, ...filter }: Omit<ListGrantsInput, "limit" | "cursor">,
): Prisma.OauthGrantWhereInput {
  const within = reach(ctx, "grant.read");
  return { AND: [filter, statusWhere(status, nowDate(ctx)), within.all ? {} : { personId: within.personId }] };
}

/** Lists what people have let agents do, newest first. A member sees their own. Errors: `invalid_cursor`. */
export const listGrants = defineRead(READ, async ({ ctx, db }, input: ListGrantsInput): Promise<Page<GrantDto>> => {
  const { limit, cursor, status, ...filter } = input;
  const scope = `grants:${JSON.stringify(Object.entries({ ...filter, status }).sort())}`;
  const now = nowDate(ctx);
  const rows = await db.oauthGrant.findMany({
    where: {
      AND: [
        grantsWhere(ctx, { ...filter, status }),
        cursor ? { id: { lt: decodeCursor(scope, cursor, positionSchema)[0] } } : {},
      ],
    },
    select: grantSelect,
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  const items = rows.slice(0, limit).map((row) => toGrantDto(row, now));
  const last = rows.length > limit ? items.at(-1)?.id : undefined;
  return { items, nextCursor: last === undefined ? null : encodeCursor(scope, [last]) };
});

/** One of them. Errors: `grant_not_found`, also where it is somebody else's. */
export const getGrant = defineRead(
  { ...READ, target: (id: string) => ({ kind: "grant", id }) },
  async ({ ctx, db }, id: string): Promise<GrantDto> => {
    const row = await db.oauthGrant.findUnique({ where: { id }, select: { ...grantSelect, personId: true } });
    return toGrantDto(requireTheirGrant(ctx, "grant.read", row), nowDate(ctx));
  },
);
