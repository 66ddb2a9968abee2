import { describe, expect, it } from "vitest";
import {
  classOf,
  knownClasses,
  meets,
  methodsOf,
  MULTI_FACTOR_CLASS,
  SINGLE_FACTOR_CLASS,
  withSecondFactor,
} from "./classes";

describe("classes of sign-ins", () => {
  it.each([
    [["pwd"], SINGLE_FACTOR_CLASS],
    [["pwd", "otp", "mfa"], MULTI_FACTOR_CLASS],
    [["mfa"], MULTI_FACTOR_CLASS],
    [["otp"], null],
    [[], null],
  ])("of %j is %s", (amr, acr) => {
    expect(classOf(amr)).toBe(acr);
  });

  it("are known by their profile's address alone", () => {
    expect(knownClasses(`phr ${SINGLE_FACTOR_CLASS} ${MULTI_FACTOR_CLASS}`)).toEqual([
      MULTI_FACTOR_CLASS,
      SINGLE_FACTOR_CLASS,
    ]);
    expect(knownClasses("phr mfa")).toEqual([]);
    expect(knownClasses(undefined)).toEqual([]);
  });

  it("are met by one that has more factors, and never by one that has fewer, or that nobody knows", () => {
    expect(meets(["pwd", "otp", "mfa"], [SINGLE_FACTOR_CLASS])).toBe(true);
    expect(meets(["pwd"], [MULTI_FACTOR_CLASS])).toBe(false);
    expect(meets(["pwd"], [MULTI_FACTOR_CLASS, SINGLE_FACTOR_CLASS])).toBe(true);
    expect(meets([], [SINGLE_FACTOR_CLASS])).toBe(false);
  });

  it("become multi-factor with a code, and stay so", () => {
    expect(withSecondFactor(["pwd"])).toEqual(["pwd", "otp", "mfa"]);
    expect(withSecondFactor(withSecondFactor(["pwd"]))).toEqual(["pwd", "otp", "mfa"]);
  });
});

describe("what a provider says of its sign-in", () => {
  it("is multi-factor by amr, or by the profile's acr, and by nothing else", () => {
    expect(methodsOf({ amr: ["pwd", "mfa"] })).toEqual(["pwd", "mfa"]);
    expect(methodsOf({ acr: MULTI_FACTOR_CLASS })).toEqual(["mfa"]);
    for (const claims of [{ acr: "mfa" }, { amr: "mfa" }, { amr: [["mfa"]] }, {}])
      expect(methodsOf(claims)).toEqual([]);
  });

  it("is kept in measure, and in form", () => {
    expect(methodsOf({ amr: ["a b", "x".repeat(41), 3, "pwd"] })).toEqual(["pwd"]);
    expect(methodsOf({ amr: Array.from({ length: 100 }, (_, n) => `m${n}`) })).toHaveLength(10);
  });
});
