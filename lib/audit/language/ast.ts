import type { QualifierName } from "./qualifiers";

/** Client-safe: what a query of the audit log means. Everything in `lib/audit/language` is pure. */

/** A piece of the query's text, in UTF-16 units; `to` is excluded. Parts that were made, not read, have `MADE`. */
export type Span = { from: number; to: number };
export const MADE: Span = { from: 0, to: 0 };

/** What is wrong with a query, in one sentence, and where. */
export type QueryError = Span & { message: string };

/** `>` and its like, for times and numbers. */
export const OPERATORS = [">=", "<=", ">", "<"] as const;
export type Operator = (typeof OPERATORS)[number];

/**
 * One value of a qualifier. `is`: a text, of which `*` leaves the start or the end open; an empty text that is open means
 * any value at all. Texts are canonical: lower case where case means nothing, times and numbers in one spelling.
 */
export type Value = Span &
  (
    | { type: "is"; text: string; openStart: boolean; openEnd: boolean }
    | { type: "compare"; operator: Operator; text: string }
    | { type: "range"; low: string; high: string }
  );

/**
 * A query. In normal form, as `parse` and the functions of `edit` make it: no `and` in an `and`, no `or` in an `or`, no `not`
 * in a `not`, none of fewer than two items; only a whole query may be an `and` of nothing, which matches every entry.
 */
export type Query = Span &
  (
    | { type: "and"; items: readonly Query[] }
    | { type: "or"; items: readonly Query[] }
    | { type: "not"; item: Query }
    | { type: "text"; text: string }
    | { type: "qualifier"; name: QualifierName; values: readonly Value[] }
  );

/** A query of one qualifier. */
export type Qualified = Extract<Query, { type: "qualifier" }>;

/** The query that every entry matches. */
export const EVERYTHING: Query = { type: "and", items: [], ...MADE };

/** The queries that must all hold. */
export const conjuncts = (query: Query): readonly Query[] => (query.type === "and" ? query.items : [query]);

/** All of them, or any of them, in normal form. */
export function group(type: "and" | "or", items: readonly Query[], span: Span = MADE): Query {
  const flat = items.flatMap((item) => (item.type === type ? item.items : [item]));
  const [only] = flat;
  return only !== undefined && flat.length === 1 ? only : { type, items: flat, from: span.from, to: span.to };
}

/** Not that, in normal form. */
export const negated = (item: Query, span: Span = MADE): Query =>
  item.type === "not" ? item.item : { type: "not", item, from: span.from, to: span.to };

/** A value that is meant as it is written, without wildcards. */
export const exactly = (text: string): Value => ({ type: "is", text, openStart: false, openEnd: false, ...MADE });
