import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { queryArb } from "@/lib/testing/audit-query";
import type { Query, QueryError } from "./ast";
import { MAX_QUERY_CHARS, parse, withoutTokens } from "./parse";
import { print } from "./print";
import { QUALIFIER_NAMES, qualifierOf, describe as qualifier } from "./qualifiers";

const SEED = 5_061_000;

function read(source: string): Query {
  const parsed = parse(source);
  if (!parsed.ok) throw new Error(`${source}: ${parsed.errors[0].message}`);
  return parsed.query;
}

function faults(source: string): readonly QueryError[] {
  const parsed = parse(source);
  return parsed.ok ? [] : parsed.errors;
}

/** A query without its positions. */
const bare = (query: unknown): unknown =>
  JSON.parse(JSON.stringify(query, (key, value: unknown) => (key === "from" || key === "to" ? undefined : value)));

/** What stands at the first fault. */
const pointedAt = (source: string) => {
  const [fault] = faults(source);
  return fault && [source.slice(fault.from, fault.to), fault.message];
};

describe("parse", () => {
  it.each([
    ["", ""],
    ["  refund ", "refund"],
    ["Refund  DENIED", "Refund DENIED"],
    ['"close ticket" -"no such"', '"close ticket" -"no such"'],
    ["refund*", "refund"],
    ["actor:ana", "actor:ana"],
    ["ACTOR:Ana", "actor:Ana"],
    ["action:Token.*", "action:token.*"],
    ["outcome:deny,denied", "outcome:deny,denied"],
    ["actor_ip:10.0.0.0/8", "ip:10.0.0.0/8"],
    ["ip:2001:DB8::1", "ip:2001:db8::1"],
    ['server:"Ticket desk",wiki', 'server:"Ticket desk",wiki'],
    ['tool:"say ""hi"""', 'tool:"say ""hi"""'],
    ['tool:"close"*', "tool:close*"],
    ["NOT agent:x", "-agent:x"],
    ["NOT NOT --agent:x", "agent:x"],
    ["a AND b OR c d", "a b OR c d"],
    ["(a OR b) (c d)", "(a OR b) c d"],
    ["-(a b)", "-(a b)"],
    ["created:2026-11-01..2026-11-07", "created:2026-11-01..2026-11-07"],
    ["created:2026-11-01..*", "created:>=2026-11-01"],
    ["created:..2026-11-01t10:00z", "created:<=2026-11-01T10:00Z"],
    ["created:>-24H created:Today", "created:>-24h created:today"],
    ["duration:>0.5s", "duration:>500"],
    ["index:007..12", "index:7..12"],
    ["scope:tickets:write", "scope:tickets:write"],
    ["call(1)", '"call(1)"'],
    ["(call(1) OR x)", '"call(1)" OR x'],
    ['5"', '"5"""'],
    ["10:30", "10:30"],
    ["and or not", "and or not"],
    ["agent:*", "agent:*"],
  ])("reads %j as %j", (source, canonical) => {
    expect(print(read(source))).toBe(canonical);
  });

  it("binds NOT before AND before OR, and makes one group of the same kind nested", () => {
    expect(bare(read("-a b OR (c OR d)"))).toEqual({
      type: "or",
      items: [
        {
          type: "and",
          items: [
            { type: "not", item: { type: "text", text: "a" } },
            { type: "text", text: "b" },
          ],
        },
        { type: "text", text: "c" },
        { type: "text", text: "d" },
      ],
    });
  });

  it.each([
    ["servr:x", "servr:", /no qualifier servr.*Did you mean server:\?/],
    ["a repo:x", "repo:", /Use server:/],
    ["hashed_token:x", "hashed_token:", /Use token:/],
    ["zzzzzz:x", "zzzzzz:", /quotation marks/],
    ["outcome:alow", "alow", /Did you mean allow\?/],
    ["action:token.mnt", "token.mnt", /Did you mean token\.mint\?/],
    ["kind:robot", "robot", /There are person/],
    ["actor:", "actor:", /needs a value/],
    ["x (actor:)", "actor:", /needs a value/],
    ["outcome:deny, denied", ",", /without a space/],
    ["actor:(a OR b)", "(", /commas/],
    ['a "bc', '"bc', /no end/],
    ['tool:"a"b', "b", /space or a comma/],
    ['""', '""', /nothing between/],
    ["a - b", "-", /follows - at once/],
    ["(a", "(", /not closed/],
    ["a) b", ")", /No parenthesis is open/],
    ["()", ")", /missing before this parenthesis/],
    ["a OR", "", /missing at the end/],
    ["OR a", "OR", /missing before OR/],
    ["*", "*", /alone/],
    ["created:yesterdy", "yesterdy", /should be a time/],
    ["created:2026-02-30", "2026-02-30", /should be a time/],
    ["created:2026-11-01..x", "x", /should be a time/],
    ["created:2026-11-07..2026-11-01", "2026-11-07..2026-11-01", /ends before it begins/],
    ["created:-1d..-7d", "-1d..-7d", /ends before it begins/],
    ["duration:>slow", "slow", /milliseconds/],
    ["index:1.5", "1.5", /whole number/],
    ["ip:10.0.0.0/99", "10.0.0.0/99", /not a network/],
    ["ip:home", "home", /not an address/],
    ["a\0b", "\0", /cannot be searched/],
    ["a\ud800", "\ud800", /cannot be searched/],
  ])("points at what is wrong in %j", (source, at, message) => {
    expect(pointedAt(source)).toEqual([at, expect.stringMatching(message)]);
  });

  it("tells every faulty qualifier at once, in order", () => {
    expect(faults("servr:x ok outcome:nope created:x").map(({ from }) => from)).toEqual([0, 19, 32]);
  });

  it("refuses a whole token wherever it stands, tells how it is written instead, and shortens it for a box", () => {
    const token = `gth_ro_${"A1b2".repeat(12)}z`;
    const [fault] = faults(`token:${token}`);
    expect(fault).toMatchObject({ from: 6, to: 6 + token.length });
    expect(fault?.message).toContain("token:gth_ro_…1b2z");
    expect(fault?.message).not.toContain(token);
    expect(withoutTokens(`a ${token} b`)).toBe("a gth_ro_…1b2z b");
    expect(faults(`x${token}y`)).toHaveLength(1);
  });

  it("has bounds: characters, terms, depth", () => {
    expect(faults("x".repeat(MAX_QUERY_CHARS))).toEqual([]);
    expect(faults("x".repeat(MAX_QUERY_CHARS + 1))).toMatchObject([{ from: MAX_QUERY_CHARS }]);
    expect(faults(Array(100).fill("x").join(" "))).toEqual([]);
    expect(faults(Array(101).fill("x").join(" "))).toMatchObject([{ from: 200, to: 201 }]);
    expect(faults(`actor:${Array(101).fill("x").join(",")}`)).toHaveLength(1);
    expect(faults("(".repeat(20) + "x" + ")".repeat(20))).toEqual([]);
    expect(faults("(".repeat(21) + "x" + ")".repeat(21))).toMatchObject([{ from: 20, to: 21 }]);
  });

  it("never throws, and every fault lies within the text", () => {
    const pieces = fc.constantFrom(
      ...[
        "(",
        ")",
        "-",
        '"',
        "*",
        ",",
        ":",
        " ",
        "..",
        ">=",
        "<",
        "AND",
        "OR",
        "NOT",
        "created:",
        "ip:",
        "/",
        "\n",
        "…",
      ],
      ...["2026-11-01", "-24h", "action:", "token.*", "a", "\ud800", "\0", "index:", "9".repeat(20), "Z", "+02:00"],
      ...QUALIFIER_NAMES.map((name) => `${name}:`),
    );
    const source = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.array(fc.oneof(pieces, fc.string({ maxLength: 3 })), { maxLength: 60 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(source, (text) => {
        const parsed = parse(text);
        for (const { from, to, message } of parsed.ok ? [] : parsed.errors) {
          expect(message).toMatch(/^\S.*[.?]$/s);
          expect(from >= 0 && from <= to && to <= text.length).toBe(true);
        }
        if (parsed.ok) expect(bare(read(print(parsed.query)))).toEqual(bare(parsed.query));
      }),
      { numRuns: 20_000, seed: SEED },
    );
  });
});

describe("print", () => {
  it("writes what parse reads as the very same query, for any query in normal form", () => {
    const vocabulary = {
      words: [
        "refund",
        "two words",
        'a "quoted" one',
        "AND",
        "-x",
        "(x)",
        "a:b",
        "*",
        "tickets:read",
        "ünï…",
        "100%_\\",
        "a,b",
      ],
      actor: ["ana", "Ana Moreau", "a,b", '"', "(x)", "*x*", "gth_ro_…ab12"],
      tool: ["close_ticket", 'say "hi"', "a b", "x)"],
      server: ["tickets", "Ticket desk, two"],
    };
    fc.assert(
      fc.property(queryArb(vocabulary), (query) => {
        const text = print(query);
        fc.pre(text.length <= MAX_QUERY_CHARS);
        const parsed = parse(text);
        fc.pre(parsed.ok || !/at most/.test(parsed.errors[0].message));
        expect(bare(read(text))).toEqual(bare(query));
      }),
      { numRuns: 3000, seed: SEED },
    );
  });
});

describe("qualifiers", () => {
  it.each(QUALIFIER_NAMES)("%s has an example that is a query of it, and aliases that mean it", (name) => {
    expect(bare(read(qualifier(name).example))).toMatchObject({ type: "qualifier", name });
    for (const alias of qualifier(name).aliases ?? []) expect(qualifierOf(alias)).toBe(name);
  });
});
