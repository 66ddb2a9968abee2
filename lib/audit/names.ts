import "server-only";
import type { Tx } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import type { Value } from "./language/ast";
import { fieldOf } from "./language/from-filter";
import type { QualifierName } from "./language/qualifiers";
import { line, MAX_ID_CHARS } from "./line";
import { literally } from "./like";

/** The kinds of things that have names. */
export type NamedKind = "person" | "agent" | "server" | "token" | "role" | "tool";

/** A text with its open ends. */
export type Text = Extract<Value, { type: "is" }>;

/** Whatever a name means, it means no more things than this: beyond it, what is found would be a matter of chance. */
const MAX_NAMED = 500;
const ID = /^(?:[a-z]{3}_[a-z0-9_]{1,60}|system:[a-z0-9_-]{1,60})$/;
const LAST_FOUR = /^(?:gth_([a-z]{2,3})_(?:…|\.\.\.))?([0-9A-Za-z]{4})$/;

/** A name is found in any part, unless a wildcard says that it stands at an end. */
function matching({ text, openStart, openEnd }: Text) {
  const literal = literally(text);
  if (openStart === openEnd) return { contains: literal, mode: "insensitive" as const };
  return openEnd
    ? { startsWith: literal, mode: "insensitive" as const }
    : { endsWith: literal, mode: "insensitive" as const };
}

const PAGE = { select: { id: true }, take: MAX_NAMED + 1 } as const;

/** Credentials are also known by their last four characters, alone or as they are shown (`gth_ro_…ab12`). */
async function idsByLastFour(db: Tx, { text, openStart, openEnd }: Text): Promise<string[]> {
  const [, kind, lastFour] = LAST_FOUR.exec(text) ?? [];
  if (lastFour === undefined || openStart || openEnd) return [];
  const query = { where: { lastFour }, ...PAGE };
  const of = (...kinds: string[]) => kind === undefined || kinds.includes(kind);
  const found = await Promise.all([
    of("ro", "rw", "adm") ? db.token.findMany(query) : [],
    of("at") ? db.accessToken.findMany(query) : [],
    of("cs") ? db.clientSecret.findMany(query) : [],
    of("srv") ? db.serverKey.findMany(query) : [],
  ]);
  return found.flat().map(({ id }) => id);
}

/** The ids of the things of a kind whose name (or address, or last four) is meant. */
async function idsNamed(db: Tx, kind: NamedKind, text: Text): Promise<string[]> {
  const name = matching(text);
  const rows = await {
    person: () => db.person.findMany({ where: { OR: [{ name }, { email: name }] }, ...PAGE }),
    agent: () => db.agent.findMany({ where: { name }, ...PAGE }),
    server: () => db.mcpServer.findMany({ where: { OR: [{ name }, { slug: name }, { resource: name }] }, ...PAGE }),
    token: () => db.token.findMany({ where: { name }, ...PAGE }),
    role: () => db.role.findMany({ where: { name }, ...PAGE }),
    tool: () => db.tool.findMany({ where: { name }, ...PAGE }),
  }[kind]();
  const ids = rows.map(({ id }) => id);
  return kind === "token" ? [...new Set([...ids, ...(await idsByLastFour(db, text))])] : ids;
}

/**
 * The ids that a value means: an id means itself, anything else is looked up as a name, in each of the kinds. Throws
 * `validation_failed` where too many things are called so.
 */
export async function idsOf(db: Tx, name: QualifierName, value: Text, kinds: readonly NamedKind[]): Promise<string[]> {
  if (ID.test(value.text) && !value.openStart && !value.openEnd) return [value.text];
  const ids = (await Promise.all(kinds.map((kind) => idsNamed(db, kind, value)))).flat();
  if (ids.length <= MAX_NAMED) return ids;
  throw faultyValue(name, value, `more than ${MAX_NAMED} things are called so: write more of the name`);
}

/** A value that cannot be searched for, at its place in the query, or by the field that it came in. */
export function faultyValue(name: QualifierName, { from, to }: Text, message: string): GatehouseError {
  const written = to > from;
  const field = {
    code: "validation_failed",
    message,
    ...(written ? { path: "q", from, to } : { path: fieldOf(name) }),
  };
  return new GatehouseError("validation_failed", { detail: message, fields: [field] });
}

/** A trusted identity provider has no id but its address, which is kept as every id is. */
export const addressesOf = ({ text, openStart, openEnd }: Text): string[] =>
  URL.canParse(text) && !openStart && !openEnd ? [line(text, MAX_ID_CHARS)] : [];
