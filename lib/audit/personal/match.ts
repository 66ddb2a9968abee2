import "server-only";
import type { Tx } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import type { Query } from "../language/ast";
import { literally } from "../like";
import { concernsAny } from "../refs";
import type { Needle } from "../grounds";
import { gramsOf } from "../storage/grams";

const { sql } = Prisma;

type TextQuery = Extract<Query, { type: "text" }>;
type Found = { commitment: string; personId: string };

/** Which commitments a text is looked for in: those to values that have it, whatever the case. */
export type PersonalMatches = { people: readonly Found[]; texts: boolean };

/** So many commitments are looked for one by one, in entries and in the grams of blocks; of more, blocks are not told apart. */
const ONE_BY_ONE = 64;
/** Entries that hold words which somebody wrote (`personalText`). */
const WITH_TEXTS = ["audit.search", "audit.export", "audit.alert", "saved_search.create", "saved_search.update", "saved_search.delete", "sink.create", "sink.update"]; // prettier-ignore
/** Stands before every commitment to such words, and so in the grams of their block. */
const TEXT_RUN = "pdtext";

const known = new WeakMap<TextQuery, Promise<PersonalMatches>>();

/** Looks a text up, once for the same part of a query. */
export function personalMatches(db: Tx, query: TextQuery): Promise<PersonalMatches> {
  const before = known.get(query);
  if (before) return before;
  const found = lookUp(db, query.text);
  known.set(query, found);
  found.catch(() => known.delete(query));
  return found;
}

const has = (text: string): Prisma.Sql => {
  const pattern = `%${literally(text.toWellFormed())}%`;
  return /^[\x00-\x7f]*$/.test(text) ? sql`value COLLATE "C" ILIKE ${pattern}` : sql`value ILIKE ${pattern}`;
};

async function lookUp(db: Tx, text: string): Promise<PersonalMatches> {
  const people = await db.$queryRaw<Found[]>`
    SELECT commitment, person_id AS "personId" FROM audit_personal WHERE field <> 'text' AND ${has(text)}`;
  const [texts] = await db.$queryRaw<{ any: boolean }[]>`
    SELECT EXISTS (SELECT FROM audit_personal WHERE field = 'text' AND ${has(text)}) AS any`;
  return { people, texts: texts?.any ?? false };
}

/** True where an entry has one of the commitments in its body. Whom it concerns is told by an index; what it says by its body. */
export function hasPersonal({ text }: TextQuery, { people, texts }: PersonalMatches): Prisma.Sql[] {
  const commitments = people.map(({ commitment }) => commitment);
  const ids = [...new Set(people.map(({ personId }) => personId))];
  const stands =
    commitments.length <= ONE_BY_ONE
      ? sql`body LIKE ANY(${commitments.map((commitment) => `%"${commitment}"%`)}::text[])`
      : sql`EXISTS (SELECT FROM unnest(audit_commitments(body)) AS stands(one) WHERE one = ANY(${commitments}::text[]))`;
  const ofPeople = sql`(${concernsAny(ids)} AND ${stands})`;
  const ofTexts = sql`(action = ANY(${WITH_TEXTS}::text[]) AND EXISTS (SELECT FROM unnest(audit_commitments(body)) AS stands(one)
    JOIN audit_personal ON commitment = one WHERE field = 'text' AND ${has(text)}))`;
  return [...(ids.length > 0 ? [ofPeople] : []), ...(texts ? [ofTexts] : [])];
}

/**
 * What must stand in a block for an entry of it to have the text, one of these ways; null where nothing can be told.
 * @param written the grams of the text itself
 */
export function waysOf(written: readonly number[], { people, texts }: PersonalMatches): Needle | null {
  if (people.length > ONE_BY_ONE) return null;
  const commitments = people.map(({ commitment }) => gramsOf(commitment));
  const ways = [written, ...commitments, ...(texts ? [gramsOf(TEXT_RUN)] : [])];
  return ways.some((grams) => grams.length === 0) ? null : ways;
}
