import { READING_ACTIONS, type AuditFilter } from "../schema";
import { exactly, EVERYTHING, group, MADE, negated, type Query, type QueryError, type Value } from "./ast";
import { valuesOf } from "./edit";
import { parse } from "./parse";
import type { QualifierName } from "./qualifiers";
import { canonicalTime } from "./time";

/** The fields of a filter that are no query, by the qualifier that says the same. */
const FIELDS = [
  ["action", "action"],
  ["outcome", "outcome"],
  ["reason", "reason"],
  ["actor", "actor"],
  ["person", "person"],
  ["agent", "agent"],
  ["server", "server"],
  ["token", "token"],
  ["target", "target"],
  ["tool", "tool"],
  ["request", "requestId"],
  ["ip", "ip"],
] as const satisfies readonly (readonly [QualifierName, keyof AuditFilter])[];

/** What a filter's field calls what a qualifier calls so. */
export const fieldOf = (name: QualifierName): string => FIELDS.find(([known]) => known === name)?.[1] ?? "q";

/** A filter as a query: its `q`, and each of the other fields as the qualifier that means the same. */
export function queryOf(
  filter: AuditFilter,
): { ok: true; query: Query } | { ok: false; errors: readonly QueryError[] } {
  const parsed = parse(filter.q ?? "");
  if (!parsed.ok) return parsed;
  const terms = [
    parsed.query,
    ...rangeOf(filter),
    ...pinOf(filter),
    ...readingsOf(filter),
    ...FIELDS.flatMap(([name, field]) => termOf(name, filter[field])),
  ];
  const items = terms.filter((term) => term.type !== "and" || term.items.length > 0);
  return { ok: true, query: items.length === 0 ? EVERYTHING : group("and", items) };
}

function termOf(name: QualifierName, given: string | readonly string[] | undefined): Query[] {
  const texts = [given ?? []].flat().map((text) => (name === "tool" ? text : text.trim()));
  const values = texts
    .filter((text) => text.trim() !== "")
    .map((text) => (name === "action" ? actionOf(text) : exactly(text)));
  return values.length === 0 ? [] : [{ type: "qualifier", name, values, ...MADE }];
}

/** `token.*` means every action that begins so. */
const actionOf = (text: string): Value =>
  text.endsWith(".*")
    ? { type: "is", text: text.slice(0, -1), openStart: false, openEnd: true, ...MADE }
    : exactly(text);

function rangeOf({ from, to }: AuditFilter): Query[] {
  const bound = (operator: ">=" | "<", time: string | undefined): Query[] =>
    time === undefined
      ? []
      : [
          {
            type: "qualifier",
            name: "created",
            values: [{ type: "compare", operator, text: instantOf(time), ...MADE }],
            ...MADE,
          },
        ];
  return [...bound(">=", from), ...bound("<", to)];
}

/** A log that is pinned to a size. */
const pinOf = ({ below }: AuditFilter): Query[] =>
  below === undefined
    ? []
    : [
        {
          type: "qualifier",
          name: "index",
          values: [{ type: "compare", operator: "<", text: String(below), ...MADE }],
          ...MADE,
        },
      ];

/** Who asks for actions says which. */
function readingsOf({ readings, q, action }: AuditFilter): Query[] {
  if (readings !== false || action.length > 0) return [];
  const parsed = parse(q ?? "");
  if (parsed.ok && valuesOf(parsed.query, "action").included.length > 0) return [];
  return [negated({ type: "qualifier", name: "action", values: READING_ACTIONS.map(exactly), ...MADE })];
}

/** RFC 3339 allows what a query does not, such as a picosecond. What is no time at all is left for `parse` to refuse. */
const instantOf = (time: string): string =>
  canonicalTime(time) ?? (Number.isNaN(Date.parse(time)) ? time : new Date(time).toISOString());
