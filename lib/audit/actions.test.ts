import { describe, expect, it } from "vitest";
import { REASONS } from "@/lib/validate/reasons";
import { ACTION_FACTS } from "./actions";
import { AUDIT_ACTIONS } from "./catalogue";

describe("the catalogue of actions", () => {
  it("says of each action what it promises, under a code of its own", () => {
    expect(Object.keys(ACTION_FACTS).sort()).toEqual(Object.keys(AUDIT_ACTIONS).sort());
    const codes = Object.values(ACTION_FACTS).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.every((code) => Number.isInteger(code) && code >= 1000 && code <= 9999)).toBe(true);
  });

  it("knows every reason of a decision", () => {
    expect([...ACTION_FACTS["token.validate"].reasons].sort()).toEqual([...REASONS].sort());
  });
});
