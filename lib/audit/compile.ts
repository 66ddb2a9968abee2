import "server-only";
import type { Tx } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { BADGE_KINDS } from "./badges/catalogue";
import { OUTCOMES } from "./catalogue";
import {
  allOf,
  among,
  anyOf,
  bodyCodes,
  codes,
  fromAddress,
  hasText,
  indexWithin,
  isAny,
  NOTHING,
  occurredWithin,
  took,
} from "./conditions";
import type { Qualified, Query, Value } from "./language/ast";
import { boundsOf, indexOf, occurredOf } from "./language/bounds";
import { actionsOf, OPERATION_NAMES } from "./language/operations";
import { ACTOR_KINDS, type QualifierName } from "./language/qualifiers";
import { matchesCode } from "./language/values";
import { asJson, literally } from "./like";
import { addressesOf, idsOf, type NamedKind, type Text } from "./names";
import { hasPersonal, personalMatches } from "./personal/match";
import { concernsAny, concernsAs, concernsTools } from "./refs";
import { AUDIT_ACTION_NAMES } from "./schema";

const { sql } = Prisma;

const COLUMNS = {
  action: sql`action`,
  outcome: sql`outcome`,
  reason: sql`reason`,
  kind: sql`actor_kind`,
  tool: sql`tool`,
  request: sql`request_id`,
  trace: sql`trace_id`,
  session: sql`session_id`,
  actor: sql`actor_id`,
  target: sql`target_id`,
} as const;

/** What is known while a query is compiled. */
type Known = { db: Tx; nowMs: number };

/**
 * The condition of a query, as parameterised SQL over `audit_entry`. Names are resolved to ids first, so that the scan is one
 * over indexed columns. What a query implies of times and places stands first, once. It may be NULL only of entries that do
 * not match. Errors: `validation_failed`.
 */
export async function compileQuery(db: Tx, query: Query, nowMs: number): Promise<Prisma.Sql> {
  const { occurred, index } = boundsOf(query, nowMs);
  const bounds = [
    ...(occurred.from === undefined && occurred.to === undefined ? [] : [occurredWithin(occurred)]),
    ...(index.from === undefined && index.to === undefined ? [] : [indexWithin(index)]),
  ];
  return allOf([...bounds, await compile({ db, nowMs }, query)]);
}

async function compile(known: Known, query: Query): Promise<Prisma.Sql> {
  switch (query.type) {
    case "and":
      return allOf(await Promise.all(query.items.map((item) => compile(known, item))));
    case "or":
      return anyOf(await Promise.all(query.items.map((item) => compile(known, item))));
    case "not":
      // Not `NOT`: what is not known of an entry it does not have.
      return sql`(${await compile(known, query.item)}) IS NOT TRUE`;
    case "text":
      return anyOf([hasText(query.text), ...hasPersonal(query, await personalMatches(known.db, query))]);
    case "qualifier":
      return qualified(known, query);
  }
}

const texts = (values: readonly Value[]): Text[] => values.flatMap((value) => (value.type === "is" ? [value] : []));

/** The codes of a list that are meant. One that is not in the list stands for itself: the log may be older than the list. */
const meant = (values: readonly Text[], list: readonly string[]): string[] => [
  ...new Set(
    values.flatMap((value) => {
      const found = list.filter((code) => matchesCode(value, code));
      return found.length > 0 || value.openStart || value.openEnd ? found : [value.text];
    }),
  ),
];

const listed = (column: Prisma.Sql, values: readonly Text[], list: readonly string[]): Prisma.Sql =>
  values.some(isAny) ? sql`${column} IS NOT NULL` : among(column, meant(values, list));

function qualified(known: Known, { name, values }: Qualified): Prisma.Sql | Promise<Prisma.Sql> {
  const given = texts(values);
  switch (name) {
    case "created":
      return anyOf(values.map((value) => occurredWithin(occurredOf(value, known.nowMs))));
    case "index":
      return anyOf(values.map((value) => indexWithin(indexOf(value))));
    case "duration":
      return anyOf(values.map(took));
    case "ip":
      return anyOf(given.map(fromAddress));
    case "action":
      return listed(COLUMNS.action, given, AUDIT_ACTION_NAMES);
    case "outcome":
      return listed(COLUMNS.outcome, given, OUTCOMES);
    case "kind":
      return listed(COLUMNS.kind, given, ACTOR_KINDS);
    case "operation": {
      const wanted = OPERATION_NAMES.filter((operation) => given.some((value) => matchesCode(value, operation)));
      return among(COLUMNS.action, wanted.flatMap(actionsOf));
    }
    case "badge":
      return struckBy(BADGE_KINDS.filter((kind) => given.some((value) => matchesCode(value, kind))));
    case "reason":
    case "request":
    case "trace":
    case "session":
      return codes(COLUMNS[name], given);
    case "tool":
      return codes(COLUMNS.tool, given, concernsTools);
    case "scope":
      return bodyCodes(sql`audit_scopes(body)`, given);
    case "credential":
      return bodyCodes(sql`audit_credentials(body)`, given);
    case "actor":
    case "person":
    case "agent":
    case "server":
    case "token":
    case "role":
    case "target":
      return named(known.db, name, given);
  }
}

/** What strikes about an entry: a job has noted it, or the entry itself says so (`badges/of.ts`). */
function struckBy(kinds: readonly string[]): Prisma.Sql {
  const plain = [
    ...(kinds.includes("revoked_use")
      ? [sql`(reason = 'revoked' AND action IN ('token.validate', 'token.introspect'))`]
      : []),
    ...(kinds.includes("refresh_reuse") ? [sql`action = 'oauth.reuse'`] : []),
  ];
  return anyOf([
    sql`idx IN (SELECT badge.idx FROM audit_badge badge WHERE ${among(sql`badge.kind`, kinds)})`,
    ...plain,
  ]);
}

/** Qualifiers whose values are ids or names. */
export type Named = Extract<QualifierName, "actor" | "person" | "agent" | "server" | "token" | "role" | "target">;

/** What is looked for by a name. */
export const KINDS: Readonly<Record<Named, readonly NamedKind[]>> = {
  actor: ["person", "token", "agent", "server"],
  person: ["person"],
  agent: ["agent"],
  server: ["server"],
  token: ["token"],
  role: ["role"],
  target: ["server", "token", "person", "agent", "role", "tool"],
};

/** What `*` means. */
const ANY: Readonly<Record<Named, Prisma.Sql>> = {
  actor: sql`actor_id IS NOT NULL`,
  person: sql`(person_id IS NOT NULL OR actor_kind = 'person' OR target_kind = 'person')`,
  agent: sql`(agent_id IS NOT NULL OR actor_kind = 'agent' OR target_kind = 'agent')`,
  server: sql`(server_id IS NOT NULL OR server_ids IS NOT NULL OR actor_kind = 'server' OR target_kind = 'server')`,
  token: sql`(token_id IS NOT NULL OR actor_kind = 'token' OR target_kind = 'token')`,
  role: sql`(target_kind = 'role' OR (body LIKE '%"role":{"id":"%' AND audit_role(body) IS NOT NULL))`,
  target: sql`target_id IS NOT NULL`,
};

async function named(db: Tx, name: Named, values: readonly Text[]): Promise<Prisma.Sql> {
  const isKind = ({ text }: Text) => name === "actor" && /^(?:anonymous|system)$/i.test(text);
  const kinds = values.filter(isKind).map(({ text }) => text.toLowerCase());
  const any = values.some(isAny);
  const called = any ? [] : values.filter((value) => !isKind(value));
  const found = (await Promise.all(called.map((value) => idsOf(db, name, value, KINDS[name])))).flat();
  const ids = [...new Set([...found, ...(name === "target" ? called.flatMap(addressesOf) : [])])];
  return anyOf([
    ...(any ? [ANY[name]] : []),
    ...(kinds.length > 0 ? [among(COLUMNS.kind, kinds)] : []),
    ...(called.length > 0 ? [concerned(name, ids)] : []),
  ]);
}

function concerned(name: Named, ids: readonly string[]): Prisma.Sql {
  if (ids.length === 0) return NOTHING;
  switch (name) {
    case "actor": {
      const acted = among(COLUMNS.actor, ids);
      // Of the server that asks there are too many to stand in the actors' own index.
      return ids.some((id) => id.startsWith("srv_"))
        ? concernsAs(ids, acted)
        : sql`(${acted} AND actor_id IS DISTINCT FROM server_id)`;
    }
    case "target":
      return concernsAs(ids, among(COLUMNS.target, ids));
    case "role": {
      const used = ids.map((id) => sql`body LIKE ${`%"role":{"id":"${literally(asJson(id))}"%`}`);
      return anyOf([concernsAny(ids), sql`(${anyOf(used)} AND ${among(sql`audit_role(body)`, ids)})`]);
    }
    // A thing's history is what was done by it, with it, and to it.
    case "person":
    case "agent":
    case "server":
    case "token":
      return concernsAny(ids);
  }
}
