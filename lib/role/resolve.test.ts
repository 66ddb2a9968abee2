import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isWildcard, matchesPattern, resolveScopes } from "./resolve";

const segment = fc.stringMatching(/^[a-z]{1,3}$/);
const name = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(":"));
const pattern = fc.oneof(
  name,
  fc.constant("*"),
  name.map((text) => `${text}:*`),
);
const offered = fc
  .uniqueArray(name, { maxLength: 8 })
  .chain((names) =>
    fc.tuple(...names.map((text) => fc.record({ name: fc.constant(text), access: fc.constantFrom("read", "write") }))),
  );

describe("matchesPattern", () => {
  it.each([
    ["*", "tickets:read", true],
    ["tickets:*", "tickets:read", true],
    ["tickets:*", "tickets:read:all", true],
    ["tickets:*", "tickets", false],
    ["tickets:*", "tickets:", false],
    ["tickets:*", "ticketsread", false],
    ["tickets:*", "tickets2:read", false],
    ["tickets:read", "tickets:read", true],
    ["tickets:read", "tickets:read:all", false],
    ["tickets:read", "Tickets:read", false],
    ["tickets", "tickets:read", false],
  ])("%s against %s is %s", (text, scope, expected) => {
    expect(matchesPattern(text, scope)).toBe(expected);
  });

  it("lets a pattern without a wildcard cover its own name alone", () => {
    fc.assert(
      fc.property(name, name, (text, scope) => {
        expect(matchesPattern(text, scope)).toBe(text === scope);
        expect(isWildcard(text)).toBe(false);
      }),
    );
  });

  it("lets a wildcard cover exactly what begins with it, up to and with its colon", () => {
    fc.assert(
      fc.property(name, name, (text, scope) => {
        const inside = scope.split(":").slice(0, text.split(":").length).join(":") === text && scope !== text;
        expect(matchesPattern(`${text}:*`, scope)).toBe(inside);
      }),
    );
  });
});

describe("resolveScopes", () => {
  it("never gives what the server does not offer, nor what no pattern covers", () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 5 }), offered, (patterns, scopes) => {
        const given = resolveScopes(patterns, scopes);
        for (const scope of scopes)
          expect(given.includes(scope)).toBe(patterns.some((text) => matchesPattern(text, scope.name)));
        expect(given.every((scope) => scopes.includes(scope))).toBe(true);
      }),
    );
  });

  it("only ever gives more for more patterns, and the same in any order", () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 5 }), pattern, offered, (patterns, more, scopes) => {
        const before = resolveScopes(patterns, scopes);
        const after = resolveScopes([more, ...patterns], scopes);
        expect(before.every((scope) => after.includes(scope))).toBe(true);
        expect(resolveScopes([...patterns].reverse(), scopes)).toEqual(before);
      }),
    );
  });
});
