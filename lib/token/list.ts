import "server-only";
import { z } from "zod";
import { reach } from "@/lib/authz/require";
import { nowDate } from "@/lib/ctx";
import { decodeCursor, encodeCursor } from "@/lib/cursor";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { CONSOLE_PAGE_SIZE, type NumberedPage, type Page } from "@/lib/page";
import { defineRead } from "@/lib/verb";
import { FROM_TOKENS, tokenWhere } from "./filter";
import { loadTokens } from "./rows";
import type { ListTokensInput, PageTokensInput, TokenDto } from "./schema";

const READ = { action: "token.read", permission: ["token.read", "token.read.own"] } as const;
const positionSchema = z.tuple([z.string()]);

/** Lists tokens by id (so, by age), newest first. A member sees their own. Errors: `invalid_cursor`. */
export const listTokens = defineRead(READ, async ({ ctx, db }, input: ListTokensInput): Promise<Page<TokenDto>> => {
  const { limit, cursor, ...filter } = input;
  const scope = `tokens:${JSON.stringify(Object.entries(filter).sort())}`;
  const where = tokenWhere(filter, reach(ctx, "token.read"), nowDate(ctx));
  const after = cursor ? Prisma.sql`AND t.id < ${decodeCursor(scope, cursor, positionSchema)[0]}` : Prisma.empty;
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT t.id FROM ${FROM_TOKENS} WHERE ${where} ${after} ORDER BY t.id DESC LIMIT ${limit + 1}`;
  const ids = rows.slice(0, limit).map(({ id }) => id);
  const last = rows.length > limit ? ids.at(-1) : undefined;
  return {
    items: await loadTokens(db, ids, ctx.nowSeconds()),
    nextCursor: last === undefined ? null : encodeCursor(scope, [last]),
  };
});

const ORDER_BY: Record<PageTokensInput["sort"], Prisma.Sql> = {
  created: Prisma.sql`t.created_at`,
  expires: Prisma.sql`t.expires_at`,
  last_used: Prisma.sql`act.last_used_at`,
  name: Prisma.sql`lower(t.name)`,
};

/**
 * A page of tokens by number, `CONSOLE_PAGE_SIZE` rows, with the exact total, found in one pass. A page behind the last one is empty.
 * Tokens never used stand last by `last_used`, in either direction. A member sees their own.
 */
export const pageTokens = defineRead(
  READ,
  async ({ ctx, db }, input: PageTokensInput): Promise<NumberedPage<TokenDto>> => {
    const { page, sort, order, ...filter } = input;
    const where = tokenWhere(filter, reach(ctx, "token.read"), nowDate(ctx));
    const direction = order === "asc" ? Prisma.sql`ASC` : Prisma.sql`DESC`;
    const key = ORDER_BY[sort];
    const [found] = await db.$queryRaw<{ total: number; ids: string[] }[]>`
      WITH found AS MATERIALIZED (SELECT t.id, ${key} AS key FROM ${FROM_TOKENS} WHERE ${where})
      SELECT (SELECT count(*)::int FROM found) AS total,
        ARRAY(SELECT id FROM found ORDER BY key ${direction} NULLS LAST, id ${direction}
              LIMIT ${CONSOLE_PAGE_SIZE} OFFSET ${(page - 1) * CONSOLE_PAGE_SIZE}) AS ids`;
    return {
      items: await loadTokens(db, found?.ids ?? [], ctx.nowSeconds()),
      total: found?.total ?? 0,
      page,
      pageSize: CONSOLE_PAGE_SIZE,
    };
  },
);
