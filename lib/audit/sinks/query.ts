import { queryField } from "@/lib/audit/language/field";
import type { Qualified, Query, QueryError, Value } from "@/lib/audit/language/ast";
import { isRelative } from "@/lib/audit/language/time";

/** Client-safe: what a sink may ask for. */

/**
 * What a sink may not ask by: only what an entry says, so that it is the same whenever its turn comes. A badge is given to an entry
 * that may have been shipped by then; *an hour ago* would mean another entry after each failure.
 */
export function refusedInSinks(query: Query): QueryError[] {
  switch (query.type) {
    case "and":
    case "or":
      return query.items.flatMap(refusedInSinks);
    case "not":
      return refusedInSinks(query.item);
    case "text":
      return [];
    case "qualifier":
      return refusedQualifier(query);
  }
}

function refusedQualifier({ name, values, from, to }: Qualified): QueryError[] {
  if (name === "badge")
    return [{ from, to, message: "Badges are given after an entry was recorded, and may come after it was shipped." }];
  if (name !== "created") return [];
  return values
    .filter((value) => timesOf(value).some(isRelative))
    .map((value) => ({ from: value.from, to: value.to, message: "Only fixed times: an entry may wait before it is shipped." })); // prettier-ignore
}

function timesOf(value: Value): string[] {
  if (value.type === "range") return [value.low, value.high];
  return value.text === "" ? [] : [value.text];
}

/** The query of a sink; null for everything. */
export const sinkQueryField = queryField(refusedInSinks).nullable();
