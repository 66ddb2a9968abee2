import "server-only";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import type { Value } from "./language/ast";
import type { Interval } from "./language/bounds";
import { instantText } from "./language/time";
import { asJson, literally, openPattern } from "./like";
import { faultyValue, type Text } from "./names";

/** Conditions over `audit_entry`, each of which an index can answer where there is one. They are NULL where nothing is known. */

const { sql } = Prisma;
export const NOTHING = sql`FALSE`;

/** True where any of them is. */
export function anyOf(conditions: readonly Prisma.Sql[]): Prisma.Sql {
  const [only] = conditions;
  if (only === undefined) return NOTHING;
  return conditions.length === 1 ? only : sql`(${Prisma.join([...conditions], " OR ")})`;
}

/** True where all of them are. */
export function allOf(conditions: readonly Prisma.Sql[]): Prisma.Sql {
  const [only] = conditions;
  if (only === undefined) return sql`TRUE`;
  return conditions.length === 1 ? only : sql`(${Prisma.join([...conditions], " AND ")})`;
}

/** True where the column holds any of the texts. One is compared plainly, so that an index gives order. */
export function among(column: Prisma.Sql, texts: readonly string[]): Prisma.Sql {
  const [only] = texts;
  if (only === undefined) return NOTHING;
  return texts.length === 1 ? sql`${column} = ${only}` : sql`${column} = ANY(${[...texts]}::text[])`;
}

/** `*`: any value at all. */
export const isAny = ({ text }: Text): boolean => text === "";
export const isOpen = ({ openStart, openEnd }: Text): boolean => openStart || openEnd;

/** True where a column's code is one of those meant. @param exact what to ask of those without wildcards */
export function codes(
  column: Prisma.Sql,
  values: readonly Text[],
  exact = (texts: readonly string[]) => among(column, texts),
): Prisma.Sql {
  if (values.some(isAny)) return sql`${column} IS NOT NULL`;
  const plain = values.filter((value) => !isOpen(value)).map(({ text }) => text);
  const patterns = values.filter(isOpen).map((value) => sql`${column} LIKE ${openPattern(value)}`);
  return anyOf([...(plain.length > 0 ? [exact(plain)] : []), ...patterns]);
}

/** True where one of the texts that a function reads in the body is one of those meant. */
export function bodyCodes(list: Prisma.Sql, values: readonly Text[]): Prisma.Sql {
  const each = values.map((value) => {
    if (isAny(value)) return sql`cardinality(${list}) > 0`;
    // Far cheaper than reading the body, and true wherever the other is.
    const stands = `%${value.openStart ? "" : '"'}${literally(asJson(value.text))}${value.openEnd ? "" : '"'}%`;
    const found = isOpen(value)
      ? sql`EXISTS (SELECT FROM unnest(${list}) AS texts(one) WHERE one LIKE ${openPattern(value)})`
      : sql`${value.text} = ANY(${list})`;
    return sql`(body LIKE ${stands} AND ${found})`;
  });
  return anyOf(each);
}

/**
 * True where the entry's body has the text in it, whatever the case. Under "C" letters beyond ASCII have one case alone, and
 * the comparison takes a tenth of the time.
 */
export function hasText(text: string): Prisma.Sql {
  const pattern = `%${literally(asJson(text))}%`;
  return /^[\x00-\x7f]*$/.test(text) ? sql`body COLLATE "C" ILIKE ${pattern}` : sql`body ILIKE ${pattern}`;
}

/**
 * An address, a CIDR, or the beginning of an address. The column is text (what a caller called its client's address
 * stands there too): the network's whole octets narrow by the index, and the rest is compared as addresses.
 */
export function fromAddress(value: Text): Prisma.Sql {
  if (isAny(value)) return sql`ip IS NOT NULL`;
  const wanted = value.text;
  if (isIP(wanted) && !value.openEnd) return sql`ip = ${ipaddr.parse(wanted).toString()}`;
  if (!wanted.includes("/")) return sql`ip LIKE ${`${literally(wanted)}%`}`;
  if (!ipaddr.isValidCIDR(wanted)) throw faultyValue("ip", value, "is not an address or a network");
  const [network, bits] = ipaddr.parseCIDR(wanted);
  if (network.kind() === "ipv6") return sql`(ip LIKE '%:%' AND audit_inet(ip) <<= ${wanted}::inet)`;
  const octets = network.toByteArray().slice(0, Math.floor(bits / 8));
  const prefix = octets.length === 0 ? "" : octets.length === 4 ? octets.join(".") : `${octets.join(".")}.`;
  return sql`(ip LIKE ${`${prefix}%`} AND audit_inet(ip) <<= ${wanted}::inet)`;
}

function within(column: Prisma.Sql, { from, to }: Interval, bound: (at: number) => Prisma.Sql): Prisma.Sql {
  return allOf([
    ...(from === undefined ? [] : [sql`${column} >= ${bound(from)}`]),
    ...(to === undefined ? [] : [sql`${column} < ${bound(to)}`]),
  ]);
}

/** True of entries that happened within an interval of µs. */
export const occurredWithin = (interval: Interval): Prisma.Sql =>
  within(sql`occurred_at`, interval, (at) => sql`${instantText(at)}::timestamptz`);

/** True of entries at places of the log within an interval. */
export const indexWithin = (interval: Interval): Prisma.Sql =>
  within(sql`idx`, interval, (at) => sql`${String(at)}::bigint`);

const COMPARED = { ">": sql`>`, ">=": sql`>=`, "<": sql`<`, "<=": sql`<=` } as const;

/** True of entries that tell how long they took, where that is as meant, in ms. A whole number means that millisecond. */
export function took(value: Value): Prisma.Sql {
  const known = sql`body LIKE '%"durationMs":%' AND audit_duration(body)`;
  if (value.type === "compare") return sql`(${known} ${COMPARED[value.operator]} ${value.text}::numeric)`;
  if (value.type === "range") return sql`(${known} BETWEEN ${value.low}::numeric AND ${value.high}::numeric)`;
  if (isAny(value)) return sql`(${known} IS NOT NULL)`;
  if (value.text.includes(".")) return sql`(${known} = ${value.text}::numeric)`;
  return sql`(${known} >= ${value.text}::numeric AND audit_duration(body) < ${value.text}::numeric + 1)`;
}
