import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addRuns, runsOf } from "./words";

const runsIn = (text: string) => {
  const runs = new Set<string>();
  addRuns(runs, text);
  return runs;
};

describe("the runs of a text", () => {
  it("are its letters and its digits apart, in lower case, from three on", () => {
    expect([...runsIn("Invoice2026-11: ab 4711 ÄRGER_x")]).toEqual(["invoice", "2026", "4711", "ärger"]);
  });

  it("hold every piece of the text: what is looked for is never missed, wherever it is cut out", () => {
    const texts = fc.string({ unit: fc.constantFrom(..."aZ19 -_ßé\"'\\"), maxLength: 60 });
    fc.assert(
      fc.property(texts, fc.nat(60), fc.nat(60), (text, from, length) => {
        const words = [...runsIn(text)].join(" ");
        return runsOf(text.slice(from, from + length)).every((run) => words.includes(run));
      }),
      { numRuns: 2000 },
    );
  });
});
