import "server-only";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import type { Tx } from "@/lib/db";
import { fieldError } from "@/lib/errors";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { AUDIT_ACTION_NAMES, type AuditFilter } from "./schema";
import { line, MAX_ID_CHARS } from "./line";
import { concernsAny, concernsAs, concernsTool } from "./refs";
import { likePattern, parseTerms } from "./terms";

/** Whatever a name means, it means no more things than this. */
const MAX_NAMED = 200;
const ID = /^(?:[a-z]{3}_[a-z0-9_]{1,60}|system:[a-z0-9_-]{1,60})$/;
const { sql } = Prisma;
const NOTHING = sql`FALSE`;

type Kind = "person" | "agent" | "server" | "token" | "role" | "tool";

const insensitive = (q: string) => ({ contains: q, mode: "insensitive" as const });

/** A token is also known by its last four characters, alone or as it is shown (`gth_ro_…ab12`). */
function lastFourOf(q: string): { lastFour: string }[] {
  const match = /^(?:gth_[a-z]{2,3}_…)?([0-9A-Za-z]{4})$/.exec(q);
  return match?.[1] ? [{ lastFour: match[1] }] : [];
}

/** The ids of the things of a kind whose name (or address, or last four) has the text in it. */
async function idsNamed(db: Tx, kind: Kind, q: string): Promise<string[]> {
  const page = { select: { id: true }, take: MAX_NAMED, orderBy: { id: "desc" as const } };
  const name = insensitive(q);
  const rows = await {
    person: () => db.person.findMany({ where: { OR: [{ name }, { email: name }] }, ...page }),
    agent: () => db.agent.findMany({ where: { name }, ...page }),
    server: () => db.mcpServer.findMany({ where: { OR: [{ name }, { slug: name }, { resource: name }] }, ...page }),
    token: () => db.token.findMany({ where: { OR: [{ name }, ...lastFourOf(q)] }, ...page }),
    role: () => db.role.findMany({ where: { name }, ...page }),
    tool: () => db.tool.findMany({ where: { name }, ...page }),
  }[kind]();
  return rows.map(({ id }) => id);
}

/** An id means itself; anything else is looked up as a name, in each of the kinds. */
async function resolve(db: Tx, text: string, kinds: readonly Kind[]): Promise<string[]> {
  const wanted = text.trim();
  if (ID.test(wanted)) return [wanted];
  return (await Promise.all(kinds.map((kind) => idsNamed(db, kind, wanted)))).flat().slice(0, MAX_NAMED);
}

/** A trusted identity provider has no id but its address, which is kept as every id is. */
function addressesOf(text: string): string[] {
  const address = text.trim();
  return URL.canParse(address) ? [line(address, MAX_ID_CHARS)] : [];
}

/** True where the column holds any of the values. One value is compared plainly, so that an index gives order. */
function anyOf(column: Prisma.Sql, values: readonly string[]): Prisma.Sql {
  const [only] = values;
  if (only === undefined) return NOTHING;
  return values.length === 1 ? sql`${column} = ${only}` : sql`${column} = ANY(${[...values]}::text[])`;
}

const COLUMNS = {
  action: sql`action`,
  outcome: sql`outcome`,
  reason: sql`reason`,
  actor: sql`actor_id`,
  target: sql`target_id`,
};

/** `token.*` means every action of that name in the catalogue. */
function expandActions(actions: readonly string[]): string[] {
  return actions.flatMap((action) =>
    action.endsWith(".*") ? AUDIT_ACTION_NAMES.filter((name) => name.startsWith(action.slice(0, -1))) : [action],
  );
}

/**
 * An address, a CIDR, or the beginning of an address. The column is text (what a caller called its client's address
 * stands there too): the network's whole octets narrow by the index, and the rest is compared as addresses.
 */
function ipCondition(text: string): Prisma.Sql {
  const wanted = text.trim();
  if (isIP(wanted)) return sql`ip = ${ipaddr.parse(wanted).toString()}`;
  if (!wanted.includes("/")) return sql`ip LIKE ${`${wanted.replace(/[\\%_]/g, "\\$&")}%`}`;
  if (!ipaddr.isValidCIDR(wanted)) throw fieldError("validation_failed", "ip", "is not an address or a network");
  const [network, bits] = ipaddr.parseCIDR(wanted);
  if (network.kind() === "ipv6") return sql`(ip LIKE '%:%' AND audit_inet(ip) <<= ${wanted}::inet)`;
  const octets = network.toByteArray().slice(0, Math.floor(bits / 8));
  const prefix = octets.length === 0 ? "" : octets.length === 4 ? octets.join(".") : `${octets.join(".")}.`;
  return sql`(ip LIKE ${`${prefix}%`} AND audit_inet(ip) <<= ${wanted}::inet)`;
}

/**
 * Entries come in the order of their commits, which is the order of their clocks but for a moment. So a search of the
 * past need not walk through all that is newer: the index at ten minutes later bounds it.
 */
function beforeCondition(to: string): Prisma.Sql {
  return sql`occurred_at < ${to}::timestamptz AND idx <= coalesce(
    (SELECT later.idx FROM audit_entry later WHERE later.occurred_at < ${to}::timestamptz + interval '10 minutes'
     ORDER BY later.occurred_at DESC LIMIT 1), -1)`;
}

async function actorCondition(db: Tx, text: string): Promise<Prisma.Sql> {
  const kind = text.trim().toLowerCase();
  if (kind === "anonymous" || kind === "system") return sql`actor_kind = ${kind}`;
  const ids = await resolve(db, text, ["person", "token", "server"]);
  const acted = anyOf(COLUMNS.actor, ids);
  // Of the server that asks there are too many to stand in the actors' own index.
  return ids.some((id) => id.startsWith("srv_"))
    ? concernsAs(ids, acted)
    : sql`(${acted} AND actor_id IS DISTINCT FROM server_id)`;
}

/** Dimensions that have facets, and so may be left out of a filter. */
export type Dimension = "action" | "outcome" | "reason" | "server" | "agent";

/** True where a filter names whom or what entries concern, which one index gathers. */
export const asksForThings = ({ actor, person, agent, server, token, target, tool }: AuditFilter): boolean =>
  [actor, person, agent, server, token, target, tool].some(Boolean);

/**
 * The condition of a filter, as parameterised SQL over `audit_entry`. Names are resolved to ids first, so that the scan
 * is one over indexed columns. Errors: `validation_failed` (field `ip`).
 */
export async function compileFilter(db: Tx, filter: AuditFilter): Promise<Prisma.Sql> {
  const parts: Prisma.Sql[] = [];
  if (filter.from) parts.push(sql`occurred_at >= ${filter.from}::timestamptz`);
  if (filter.to) parts.push(beforeCondition(filter.to));
  if (filter.action.length > 0) parts.push(anyOf(COLUMNS.action, expandActions(filter.action)));
  if (filter.outcome.length > 0) parts.push(anyOf(COLUMNS.outcome, filter.outcome));
  if (filter.reason.length > 0) parts.push(anyOf(COLUMNS.reason, filter.reason));
  if (filter.actor) parts.push(await actorCondition(db, filter.actor));
  // A thing's history is what was done by it, with it, and to it.
  if (filter.person) parts.push(concernsAny(await resolve(db, filter.person, ["person"])));
  if (filter.agent) parts.push(concernsAny(await resolve(db, filter.agent, ["agent"])));
  if (filter.server) parts.push(concernsAny(await resolve(db, filter.server, ["server"])));
  if (filter.token) parts.push(concernsAny(await resolve(db, filter.token, ["token"])));
  if (filter.target) {
    const named = await resolve(db, filter.target, ["server", "token", "person", "agent", "role", "tool"]);
    const ids = [...named, ...addressesOf(filter.target)];
    parts.push(concernsAs(ids, anyOf(COLUMNS.target, ids)));
  }
  if (filter.tool) parts.push(concernsTool(filter.tool));
  if (filter.requestId) parts.push(sql`request_id = ${filter.requestId}`);
  if (filter.ip) parts.push(ipCondition(filter.ip));
  for (const { text, negated } of parseTerms(filter.q ?? ""))
    parts.push(negated ? sql`body NOT ILIKE ${likePattern(text)}` : sql`body ILIKE ${likePattern(text)}`);
  return parts.length === 0 ? sql`TRUE` : Prisma.join(parts, " AND ");
}
