import fc from "fast-check";
import { group, MADE, negated, type Query, type Value } from "@/lib/audit/language/ast";
import { describe, QUALIFIER_NAMES, type QualifierName } from "@/lib/audit/language/qualifiers";

/** What values a test's queries have, by qualifier: texts that are in the rows that they are asked of. */
export type Vocabulary = Partial<Record<QualifierName, readonly string[]>> & { words: readonly string[] };

const times = fc.constantFrom(
  ...["today", "yesterday", "now", "-90s", "-30m", "-6h", "-2d", "-1w", "2026-11", "2026-11-21", "2026-11-21+02:00"],
  ...["2026-11-21T10:00", "2026-11-21T10:00:30Z", "2026-11-21T10:00:30.123456", "2026-11-21T10:30:00.5-01:30"],
);
const addresses = fc.constantFrom(
  "10.0.0.0/8",
  "10.1.2.3",
  "10.1.",
  "fd00::/8",
  "fd00::7",
  "0.0.0.0/0",
  "::/0",
  "10.1.0.0/14",
);

const is = (text: string, openStart = false, openEnd = false): Value => ({
  type: "is",
  text,
  openStart,
  openEnd,
  ...MADE,
});

function measured(texts: fc.Arbitrary<string>, ordered: (low: string, high: string) => boolean): fc.Arbitrary<Value> {
  return fc.oneof(
    texts.map((text) => is(text)),
    fc.constant(is("", true, true)),
    fc
      .tuple(fc.constantFrom(">", ">=", "<", "<=" as const), texts)
      .map(([operator, text]): Value => ({ type: "compare", operator, text, ...MADE }) as Value),
    fc
      .tuple(texts, texts)
      .filter(([low, high]) => ordered(low, high))
      .map(([low, high]): Value => ({ type: "range", low, high, ...MADE })),
  );
}

const wild = (texts: fc.Arbitrary<string>): fc.Arbitrary<Value> =>
  fc.oneof(
    { weight: 4, arbitrary: texts.map((text) => is(text)) },
    { weight: 1, arbitrary: fc.constant(is("", true, true)) },
    {
      weight: 4,
      arbitrary: fc
        .tuple(texts, fc.boolean(), fc.boolean(), fc.nat(4), fc.nat(4))
        .map(([text, openStart, openEnd, start, end]) => {
          const cut = text.slice(openStart ? start : 0, openEnd ? Math.max(1, text.length - end) : undefined);
          return cut.trim() === "" ? is(text) : is(cut, openStart, openEnd);
        }),
    },
  );

function valueArb(name: QualifierName, vocabulary: Vocabulary): fc.Arbitrary<Value> {
  const texts = vocabulary[name] ?? ["x"];
  switch (describe(name).reading) {
    case "time":
      // Of the times above only these two are sure to be in order.
      return measured(times, (low, high) => low === "2026-11" && high === "2026-11");
    case "integer":
    case "milliseconds":
      return measured(fc.nat(400).map(String), (low, high) => Number(low) <= Number(high));
    case "ip":
      return fc.oneof(
        addresses.map((text) => is(text)),
        fc.constant(is("10.1", false, true)),
        fc.constant(is("", true, true)),
      );
    case "choice":
      return wild(fc.constantFrom(...(vocabulary[name] ?? describe(name).choices ?? [])));
    case "name":
    case "code":
      return wild(fc.constantFrom(...texts));
  }
}

/** Queries in normal form over a vocabulary. */
export function queryArb(vocabulary: Vocabulary): fc.Arbitrary<Query> {
  const text = fc.constantFrom(...vocabulary.words).map((word): Query => ({ type: "text", text: word, ...MADE }));
  const qualifier = fc
    .constantFrom(...QUALIFIER_NAMES)
    .chain((name) =>
      fc
        .array(valueArb(name, vocabulary), { minLength: 1, maxLength: 3 })
        .map((values): Query => ({ type: "qualifier", name, values, ...MADE })),
    );
  const { query } = fc.letrec<{ query: Query }>((tie) => {
    const items = fc.array(tie("query"), { minLength: 2, maxLength: 4 });
    return {
      query: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        { weight: 5, arbitrary: qualifier },
        { weight: 1, arbitrary: text },
        { weight: 3, arbitrary: items.map((each) => group("and", each)) },
        { weight: 3, arbitrary: items.map((each) => group("or", each)) },
        { weight: 2, arbitrary: tie("query").map((item) => negated(item)) },
      ),
    };
  });
  return query;
}
