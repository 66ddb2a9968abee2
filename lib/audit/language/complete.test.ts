import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { completed, completionAt } from "./complete";
import { optionsOf } from "./options";

/** A text with `|` where the caret is. */
const at = (source: string) => [source.replace("|", ""), source.indexOf("|")] as const;
const completion = (source: string) => completionAt(...at(source));
const options = (source: string) => {
  const found = completion(source);
  return found ? optionsOf(found).map(({ text }) => text) : [];
};
/** The text after the first option was taken. */
function taken(source: string, choice?: string): string {
  const [text, caret] = at(source);
  const found = completionAt(text, caret);
  if (!found) throw new Error(`nothing to complete in ${source}`);
  const next = completed(text, found, choice ?? optionsOf(found)[0]?.text ?? "");
  return `${next.text.slice(0, next.caret)}|${next.text.slice(next.caret)}`;
}

describe("completionAt", () => {
  it.each([
    ["|", "", null],
    ["ac|", "ac", null],
    ["x -ag|ent", "ag", null],
    ["(to|", "to", null],
    ["outcome:de|", "de", "outcome"],
    ["outcome:deny,d|", "d", "outcome"],
    ['server:"Ticket de|', "Ticket de", "server"],
    ["created:>=-2|", "-2", "created"],
    ["created:-7d..-|", "-", "created"],
    ["actor_ip:10|", "10", "ip"],
  ])("in %j it is %j of %s", (source, typed, name) => {
    expect(completion(source)).toMatchObject({
      typed,
      ...(name === null ? { kind: "qualifier" } : { kind: "value", name }),
    });
  });

  it.each(['"a phrase|', "nothing:x|", "10:|"])("in %j there is nothing to complete", (source) => {
    expect(completion(source)).toBeNull();
  });

  it("offers qualifiers, then their values by beginning and by meaning", () => {
    expect(options("ac|")).toEqual(["action:", "actor:", "ip:"]);
    expect(options("outcome:de|")).toEqual(["deny", "denied"]);
    expect(options("action:token.re|")).toEqual(expect.arrayContaining(["token.revoke", "token.rotate"].slice(0, 1)));
    expect(options("action:password|")).toContain("person.password_change");
    expect(options("created:|")).toContain("-24h");
  });

  it("puts a choice in the place of what was typed, a value with a space after it", () => {
    expect(taken("x ac| y")).toBe("x action:| y");
    expect(taken("outcome:den|x y")).toBe("outcome:deny |y");
    expect(taken("-outcome:deny,allo|")).toBe("-outcome:deny,allow |");
    expect(taken('server:"Tick|et desk" y', '"Ticket desk"')).toContain("y");
    expect(taken("created:>=-2|", "-24h")).toBe("created:>=-24h |");
  });

  it("never throws, and replaces a part of the text that holds the caret", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab":,()-* .>=cretdoum'), maxLength: 40 }),
        fc.nat(40),
        (text, seed) => {
          const caret = Math.min(seed, text.length);
          const found = completionAt(text, caret);
          if (found)
            expect(0 <= found.from && found.from <= caret && caret <= found.to && found.to <= text.length).toBe(true);
        },
      ),
      { numRuns: 5000, seed: 5_061_000 },
    );
  });
});
