import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { queryArb } from "@/lib/testing/audit-query";
import { EVERYTHING, exactly, type Query, type Value } from "./ast";
import {
  negatedValue,
  onlyValue,
  partsOf,
  stateOf,
  toggledValue,
  valuesOf,
  withoutMatching,
  withoutQualifier,
  withoutValue,
  withTerm,
  withTimeRange,
  withValue,
} from "./edit";
import { parse } from "./parse";
import { print } from "./print";

function read(source: string): Query {
  const parsed = parse(source);
  if (!parsed.ok) throw new Error(parsed.errors[0].message);
  return parsed.query;
}

const deny = exactly("deny");
const edited = (source: string, edit: (query: Query) => Query) => print(edit(read(source)));

describe("edit", () => {
  it.each([
    ["", "outcome:deny"],
    ["refund", "refund outcome:deny"],
    ["outcome:allow x", "outcome:allow,deny x"],
    ["outcome:deny", "outcome:deny"],
    ["-outcome:deny,allow x", "-outcome:allow x outcome:deny"],
    ["a OR outcome:allow", "(a OR outcome:allow) outcome:deny"],
  ])("adds a value to %j as one more that will do: %j", (source, result) => {
    expect(edited(source, (query) => withValue(query, "outcome", deny))).toBe(result);
  });

  it.each([
    ["", "-outcome:deny"],
    ["outcome:deny,allow", "outcome:allow -outcome:deny"],
    ["-outcome:allow", "-outcome:allow,deny"],
  ])("leaves a value out of %j: %j", (source, result) => {
    expect(edited(source, (query) => withoutMatching(query, "outcome", deny))).toBe(result);
  });

  it("takes a value away, and the qualifier with its last one, but leaves alternatives as they are", () => {
    expect(edited("outcome:deny,allow x", (query) => withoutValue(query, "outcome", deny))).toBe("outcome:allow x");
    expect(edited("outcome:deny", (query) => withoutValue(query, "outcome", deny))).toBe("");
    expect(edited("-outcome:deny x", (query) => withoutValue(query, "outcome", deny))).toBe("x");
    expect(edited("outcome:deny OR x", (query) => withoutValue(query, "outcome", deny))).toBe("outcome:deny OR x");
    expect(edited("outcome:deny x -outcome:allow", (query) => withoutQualifier(query, "outcome"))).toBe("x");
  });

  it("toggles, turns round and makes the only one", () => {
    expect(edited("x", (query) => toggledValue(query, "outcome", deny))).toBe("x outcome:deny");
    expect(edited("x outcome:deny", (query) => toggledValue(query, "outcome", deny))).toBe("x");
    expect(edited("x outcome:deny", (query) => toggledValue(query, "outcome", deny, true))).toBe("x -outcome:deny");
    expect(edited("outcome:deny", (query) => negatedValue(query, "outcome", deny))).toBe("-outcome:deny");
    expect(edited("-outcome:deny", (query) => negatedValue(query, "outcome", deny))).toBe("outcome:deny");
    expect(edited("-outcome:allow outcome:denied", (query) => onlyValue(query, "outcome", deny))).toBe("outcome:deny");
  });

  it("replaces the time range, with an end that is excluded", () => {
    const [from, to] = ["2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"];
    expect(edited("x created:-24h", (query) => withTimeRange(query, from, to))).toBe(
      `x created:>=${from} created:<${to}`,
    );
    expect(edited("created:today", (query) => withTimeRange(query, null, null))).toBe("");
  });

  it("reads what a qualifier asks for and leaves out", () => {
    const query = read("agent:a,b -agent:c (agent:d OR x)");
    const { included, excluded } = valuesOf(query, "agent");
    const texts = (values: Value[]) => values.map((value) => value.type === "is" && value.text);
    expect([texts(included), texts(excluded)]).toEqual([["a", "b"], ["c"]]);
    expect(stateOf(query, "agent", exactly("c"))).toBe("excluded");
    expect(stateOf(query, "agent", exactly("d"))).toBeNull();
  });

  it("names every part that may be taken away, with what is left", () => {
    const parts = partsOf(read('outcome:deny,allow -agent:x "a b" (p OR q)'));
    expect(parts.map(({ text, rest }) => [text, print(rest)])).toEqual([
      ["outcome:deny", 'outcome:allow -agent:x "a b" (p OR q)'],
      ["outcome:allow", 'outcome:deny -agent:x "a b" (p OR q)'],
      ["-agent:x", 'outcome:deny,allow "a b" (p OR q)'],
      ['"a b"', "outcome:deny,allow -agent:x (p OR q)"],
      ["p OR q", 'outcome:deny,allow -agent:x "a b"'],
    ]);
    expect(partsOf(EVERYTHING)).toEqual([]);
  });

  it("makes of any query one that is still in normal form, and undoes itself", () => {
    const query = queryArb({ words: ["w", "two words"], agent: ["a", "b"], tool: ["t"] });
    const text = exactly("new");
    fc.assert(
      fc.property(query, (before) => {
        const after = withValue(before, "agent", text);
        for (const each of [after, withoutMatching(before, "agent", text), withTerm(before, read("x OR y"))])
          expect(print(read(print(each)))).toBe(print(each));
        expect(stateOf(after, "agent", text)).toBe("included");
        expect(print(withoutValue(after, "agent", text))).toBe(print(withoutValue(before, "agent", text)));
      }),
      { numRuns: 1000, seed: 5_061_000 },
    );
  });
});
