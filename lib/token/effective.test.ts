import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesPattern } from "@/lib/role/resolve";
import { effectiveScopes, openTools, type EffectiveInput } from "./effective";

const names = ["tickets:read", "tickets:write", "tickets:delete", "wiki:read", "wiki:write", "admin"] as const;
const scopeName = fc.constantFrom(...names);
const pattern = fc.constantFrom(...names, "tickets:*", "wiki:*", "*");
const access = fc.constantFrom("read", "write", "admin");

/** Every edit that anybody can make to what a token's scopes are computed from. */
type Edit =
  | { do: "give" | "take"; pattern: string }
  | { do: "offer"; name: string; access: "read" | "write" | "admin" }
  | { do: "withdraw" | "narrowAway"; name: string };
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ do: fc.constantFrom("give", "take"), pattern }),
  fc.record({ do: fc.constant("offer" as const), name: scopeName, access }),
  fc.record({ do: fc.constantFrom("withdraw", "narrowAway"), name: scopeName }),
);

function apply(state: EffectiveInput, step: Edit): EffectiveInput {
  switch (step.do) {
    case "give":
      return { ...state, rolePatterns: [...state.rolePatterns, step.pattern] };
    case "take":
      return { ...state, rolePatterns: state.rolePatterns.filter((text) => text !== step.pattern) };
    case "offer":
      return {
        ...state,
        offered: [...state.offered.filter(({ name }) => name !== step.name), { name: step.name, access: step.access }],
      };
    case "withdraw":
      return { ...state, offered: state.offered.filter(({ name }) => name !== step.name) };
    case "narrowAway":
      return { ...state, narrowed: state.narrowed?.filter((name) => name !== step.name) ?? null };
  }
}

describe("effectiveScopes", () => {
  const start = fc.record({
    kind: fc.constantFrom("ro" as const, "rw" as const, "adm" as const),
    narrowed: fc.option(fc.uniqueArray(scopeName), { nil: null }),
    rolePatterns: fc.uniqueArray(pattern),
    offered: fc.uniqueArray(fc.record({ name: scopeName, access }), { selector: ({ name }) => name }),
  });

  it("never exceeds token ∩ role ∩ server, whatever edits come in whatever order", () => {
    fc.assert(
      fc.property(start, fc.array(edit, { maxLength: 20 }), (first, edits) => {
        let state: EffectiveInput = first;
        for (const step of [null, ...edits]) {
          if (step) state = apply(state, step);
          const given = effectiveScopes(state);
          expect(new Set(given).size).toBe(given.length);
          for (const { name, access: level } of state.offered) {
            const allowed =
              state.rolePatterns.some((text) => matchesPattern(text, name)) &&
              (state.narrowed === null || state.narrowed.includes(name)) &&
              (state.kind !== "ro" || level === "read");
            expect(given.includes(name)).toBe(allowed);
          }
          expect(given.every((name) => state.offered.some((scope) => scope.name === name))).toBe(true);
          if (first.narrowed) expect(given.every((name) => (first.narrowed as string[]).includes(name))).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("keeps an ro token at read when its role is widened", () => {
    const offered = [
      { name: "tickets:read", access: "read" as const },
      { name: "tickets:write", access: "write" as const },
    ];
    expect(effectiveScopes({ kind: "ro", narrowed: null, rolePatterns: ["*"], offered })).toEqual(["tickets:read"]);
    expect(effectiveScopes({ kind: "rw", narrowed: null, rolePatterns: ["*"], offered })).toHaveLength(2);
  });

  it("gives nothing to a token that was narrowed to scopes which are all gone", () => {
    const offered = [{ name: "tickets:read", access: "read" as const }];
    expect(effectiveScopes({ kind: "rw", narrowed: [], rolePatterns: ["*"], offered })).toEqual([]);
  });
});

describe("openTools", () => {
  it("opens a tool only with all of its scopes, and never one that requires none", () => {
    const tools = [
      { name: "both", scopes: ["a", "b"] },
      { name: "one", scopes: ["a"] },
      { name: "closed", scopes: [] },
    ];
    expect(openTools(tools, ["a"]).map(({ name }) => name)).toEqual(["one"]);
    expect(openTools(tools, ["a", "b"]).map(({ name }) => name)).toEqual(["both", "one"]);
    expect(openTools(tools, [])).toEqual([]);
  });
});
