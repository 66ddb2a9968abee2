import type { Query, Value } from "./ast";
import { describe, type QualifierName } from "./qualifiers";

/** A query's one spelling: what `parse` reads as the same query again. */
export function print(query: Query): string {
  switch (query.type) {
    case "and":
      return query.items.map((item) => (item.type === "or" ? `(${print(item)})` : print(item))).join(" ");
    case "or":
      return query.items.map(print).join(" OR ");
    case "not":
      return query.item.type === "and" || query.item.type === "or"
        ? `-(${print(query.item)})`
        : `-${print(query.item)}`;
    case "text":
      return isPlainWord(query.text) ? query.text : quote(query.text);
    case "qualifier":
      return `${query.name}:${query.values.map((value) => printValue(query.name, value)).join(",")}`;
  }
}

/** One value as it stands after its qualifier. */
export function printValue(name: QualifierName, value: Value): string {
  if (value.type === "compare") return value.operator + value.text;
  if (value.type === "range") return `${value.low}..${value.high}`;
  if (value.text === "") return "*";
  const words = !["time", "integer", "milliseconds"].includes(describe(name).reading);
  const text = words && !isPlainValue(value.text) ? quote(value.text) : value.text;
  return `${value.openStart ? "*" : ""}${text}${value.openEnd ? "*" : ""}`;
}

const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** Text that would be read as something else stands in quotation marks. */
const isPlainWord = (text: string) =>
  /^[^\s"()*-][^\s"()]*$/.test(text) &&
  !text.endsWith("*") &&
  !/^[A-Za-z][A-Za-z0-9_.-]*:/.test(text) &&
  !["AND", "OR", "NOT"].includes(text);

const isPlainValue = (text: string) => /^[^\s"(),*][^\s"(),]*$/.test(text) && !text.endsWith("*");
