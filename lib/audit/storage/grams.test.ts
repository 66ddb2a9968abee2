import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Grams, gramsOf } from "./grams";

describe("the grams of a text", () => {
  it("are four letters or five digits in a row, whatever the case, each once", () => {
    expect(gramsOf("Refund")).toHaveLength(3);
    expect(gramsOf("REFUND refund")).toEqual(gramsOf("refund"));
    expect(gramsOf("4711 abc x1y2z3")).toEqual([]);
    expect(gramsOf("1234567")).toHaveLength(3);
    expect(gramsOf("größer")).toHaveLength(3);
    expect(gramsOf("ΟΔΟΣ")).toEqual(gramsOf("ΟΔΟΣΑ").slice(0, 1));
  });

  it("of two words differ, and so do those of two numbers", () => {
    const words = ["refund", "zanzibar", "invoice", "12345", "12346", "54321", "größer"];
    const all = words.flatMap((word) => gramsOf(word));
    expect(new Set(all).size).toBe(all.length);
  });

  it("hold every piece of the text: what is looked for is never missed, wherever it is cut out", () => {
    const texts = fc.string({ unit: fc.constantFrom(..."aZbq19 -_ßé\"'\\"), maxLength: 60 });
    const block = new Grams();
    fc.assert(
      fc.property(texts, fc.nat(60), fc.nat(60), (text, from, length) => {
        block.add(text);
        const codes = new Set(block.take());
        return gramsOf(text.slice(from, from + length)).every((code) => codes.has(code));
      }),
      { numRuns: 3000 },
    );
  });

  it("of one block are not those of the one before", () => {
    const block = new Grams();
    block.add("zanzibar");
    block.take();
    block.add("zanzibar");
    expect(block.take()).toHaveLength(5);
    expect(block.take()).toEqual([]);
  });
});
