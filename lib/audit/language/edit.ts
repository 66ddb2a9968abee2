import { conjuncts, EVERYTHING, group, MADE, negated, type Qualified, type Query, type Value } from "./ast";
import { print, printValue } from "./print";
import type { QualifierName } from "./qualifiers";

/**
 * Changes of a query as links make them. All of them work on what must hold in any case, which is what stands outside of
 * `OR`; alternatives are left as they are. A value is given as `exactly(text)`, or as it was read.
 */

const termOf = (query: Query): { term: Qualified; excluded: boolean } | null => {
  if (query.type === "qualifier") return { term: query, excluded: false };
  return query.type === "not" && query.item.type === "qualifier" ? { term: query.item, excluded: true } : null;
};

const isOf = (query: Query, name: QualifierName, excluded?: boolean): boolean => {
  const found = termOf(query);
  return found?.term.name === name && (excluded === undefined || found.excluded === excluded);
};

const sameValue = (name: QualifierName, value: Value) => {
  const text = printValue(name, value);
  return (other: Value) => printValue(name, other) === text;
};

/** All of them; none is everything. */
const all = (items: readonly Query[]): Query => (items.length === 0 ? EVERYTHING : group("and", items));

/** The values that a query asks for by a qualifier, and those that it leaves out. */
export function valuesOf(query: Query, name: QualifierName): { included: Value[]; excluded: Value[] } {
  const found = conjuncts(query)
    .map(termOf)
    .filter((each) => each?.term.name === name);
  const of = (excluded: boolean) => found.flatMap((each) => (each?.excluded === excluded ? each.term.values : []));
  return { included: of(false), excluded: of(true) };
}

/** Whether a query asks for a value, leaves it out, or says nothing of it. */
export function stateOf(query: Query, name: QualifierName, value: Value): "included" | "excluded" | null {
  const { included, excluded } = valuesOf(query, name);
  if (included.some(sameValue(name, value))) return "included";
  return excluded.some(sameValue(name, value)) ? "excluded" : null;
}

/** A query that also must hold. */
export const withTerm = (query: Query, term: Query): Query => all([...conjuncts(query), ...conjuncts(term)]);

/** The query without what it says of a qualifier. */
export const withoutQualifier = (query: Query, name: QualifierName): Query =>
  all(conjuncts(query).filter((item) => !isOf(item, name)));

/** The query without a value, whether it asked for it or left it out. */
export function withoutValue(query: Query, name: QualifierName, value: Value): Query {
  const same = sameValue(name, value);
  return all(
    conjuncts(query).flatMap((item) => {
      const found = isOf(item, name) ? termOf(item) : null;
      if (!found) return [item];
      const values = found.term.values.filter((each) => !same(each));
      if (values.length === 0) return [];
      const left: Query = { ...found.term, values };
      return [found.excluded ? negated(left, item) : left];
    }),
  );
}

/** Asks for this value too: beside others of its qualifier it is one more that will do. */
export const withValue = (query: Query, name: QualifierName, value: Value): Query => put(query, name, value, false);

/** Leaves this value out. */
export const withoutMatching = (query: Query, name: QualifierName, value: Value): Query =>
  put(query, name, value, true);

function put(query: Query, name: QualifierName, value: Value, excluded: boolean): Query {
  const items = [...conjuncts(withoutValue(query, name, value))];
  const at = items.findIndex((item) => isOf(item, name, excluded));
  const before = termOf(items[at] ?? EVERYTHING)?.term.values ?? [];
  const term: Query = { type: "qualifier", name, values: [...before, value], ...MADE };
  items.splice(at < 0 ? items.length : at, at < 0 ? 0 : 1, excluded ? negated(term) : term);
  return all(items);
}

/** Asks for this value and no other of its qualifier. */
export const onlyValue = (query: Query, name: QualifierName, value: Value): Query =>
  withValue(withoutQualifier(query, name), name, value);

/** Takes the value away where the query asks for it (leaves it out, for `excluded`), and else adds it. */
export function toggledValue(query: Query, name: QualifierName, value: Value, excluded = false): Query {
  if (stateOf(query, name, value) === (excluded ? "excluded" : "included")) return withoutValue(query, name, value);
  return put(query, name, value, excluded);
}

/** What the query asks of a value, turned round: what it asked for it leaves out, and the reverse. */
export const negatedValue = (query: Query, name: QualifierName, value: Value): Query =>
  put(query, name, value, stateOf(query, name, value) === "included");

/** The time range `[from, to)` in place of any that the query has; null for either leaves that side open. */
export function withTimeRange(query: Query, from: string | null, to: string | null): Query {
  const term = (operator: ">=" | "<", text: string): Query => ({
    type: "qualifier",
    name: "created",
    values: [{ type: "compare", operator, text, ...MADE }],
    ...MADE,
  });
  return all([
    ...conjuncts(withoutQualifier(query, "created")),
    ...(from === null ? [] : [term(">=", from)]),
    ...(to === null ? [] : [term("<", to)]),
  ]);
}

/** A part of a query that may be taken away: its text, and the query without it. */
export type Part = { text: string; rest: Query };

/** What must hold, value by value, each with the query that is left without it. */
export function partsOf(query: Query): Part[] {
  const items = conjuncts(query);
  return items.flatMap((item, nth): Part[] => {
    const found = termOf(item);
    const dash = found?.excluded ? "-" : "";
    if (!found) return [{ text: print(item), rest: all(items.filter((_, i) => i !== nth)) }];
    const { name, values } = found.term;
    return values.map((value) => ({
      text: `${dash}${name}:${printValue(name, value)}`,
      rest: withoutValue(query, name, value),
    }));
  });
}
