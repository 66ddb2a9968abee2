import "server-only";
import { nowDate } from "@/lib/ctx";
import { CONSOLE_PAGE_SIZE, type NumberedPage } from "@/lib/page";
import { defineRead } from "@/lib/verb";
import { grantSelect, grantsWhere, toGrantDto } from "./grants";
import type { GrantDto, PageGrantsInput } from "./schema";

/**
 * A page of grants by number, `CONSOLE_PAGE_SIZE` rows, newest first, with the exact total. A page behind the last one is
 * empty. A member sees their own.
 */
export const pageGrants = defineRead(
  { action: "grant.read", permission: ["grant.read", "grant.read.own"] },
  async ({ ctx, db }, { page, q, ...filter }: PageGrantsInput): Promise<NumberedPage<GrantDto>> => {
    const named = { name: { contains: q ?? "", mode: "insensitive" as const } };
    const found = q ? { OR: [{ person: named }, { agent: named }, { server: named }] } : {};
    const where = { AND: [grantsWhere(ctx, filter), found] };
    const [total, rows] = await Promise.all([
      db.oauthGrant.count({ where }),
      db.oauthGrant.findMany({
        where,
        select: grantSelect,
        orderBy: { id: "desc" },
        take: CONSOLE_PAGE_SIZE,
        skip: (page - 1) * CONSOLE_PAGE_SIZE,
      }),
    ]);
    const now = nowDate(ctx);
    return { items: rows.map((row) => toGrantDto(row, now)), total, page, pageSize: CONSOLE_PAGE_SIZE };
  },
);
