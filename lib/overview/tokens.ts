import "server-only";
import type { Tx } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { FROM_TOKENS, flagIs, tokenWhere } from "@/lib/token/filter";
import { loadTokens } from "@/lib/token/rows";
import type { TokenDto } from "@/lib/token/schema";
import { OVERVIEW_ROWS, TOKEN_FINDINGS, type OverviewDto, type TokenFinding } from "./schema";

/** The most pressing first. */
const MOST_PRESSING: Record<TokenFinding, Prisma.Sql> = {
  expiring: Prisma.sql`t.expires_at`,
  retiring: Prisma.sql`t.retires_at`,
  never_used: Prisma.sql`t.created_at`,
  dormant: Prisma.sql`act.last_used_at`,
  no_rate_limit: Prisma.sql`t.created_at DESC`,
};

const hrefOf = (flag?: TokenFinding) => `/tokens?state=live${flag ? `&flag=${flag}` : ""}`;

function toOverviewToken(token: TokenDto): OverviewDto["findings"][number]["tokens"][number] {
  const { id, name, masked, status, person, agent, expiresAt, retiresAt, lastUsedAt, createdAt } = token;
  return {
    id,
    name,
    masked,
    status,
    person: person && { id: person.id, name: person.name },
    agent,
    expiresAt,
    retiresAt,
    lastUsedAt,
    createdAt,
  };
}

/** How many tokens live, and those that need somebody, within what the asking person may see. Three queries. */
export async function readTokenFindings(
  db: Tx,
  within: Parameters<typeof tokenWhere>[1],
  now: Date,
): Promise<Pick<OverviewDto, "tokens" | "findings">> {
  const live = tokenWhere({ state: "live" }, within, now);
  const counts = TOKEN_FINDINGS.map(
    (flag) => Prisma.sql`count(*) FILTER (WHERE ${flagIs(flag, now)})::int AS ${Prisma.raw(flag)}`,
  );
  const [counted] = await db.$queryRaw<({ live: number } & Record<TokenFinding, number>)[]>`
    SELECT count(*)::int AS live, ${Prisma.join(counts)} FROM ${FROM_TOKENS} WHERE ${live}`;
  const first = TOKEN_FINDINGS.map(
    (flag) => Prisma.sql`(SELECT ${flag} AS flag, t.id FROM ${FROM_TOKENS} WHERE ${live} AND ${flagIs(flag, now)}
      ORDER BY ${MOST_PRESSING[flag]} LIMIT ${OVERVIEW_ROWS})`,
  );
  const rows = await db.$queryRaw<{ flag: TokenFinding; id: string }[]>`${Prisma.join(first, " UNION ALL ")}`;
  const tokens = await loadTokens(db, [...new Set(rows.map(({ id }) => id))], now.getTime() / 1000);
  const byId = new Map(tokens.map((token) => [token.id, toOverviewToken(token)]));
  return {
    tokens: { live: counted?.live ?? 0, href: hrefOf() },
    findings: TOKEN_FINDINGS.map((flag) => ({
      flag,
      count: counted?.[flag] ?? 0,
      tokens: rows.flatMap((row) => (row.flag === flag ? (byId.get(row.id) ?? []) : [])),
      href: hrefOf(flag),
    })),
  };
}
