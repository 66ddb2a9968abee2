import { describe, expect, it } from "vitest";
import { codeOf, keyUri, stepAt, stepOfCode, toBase32 } from "./totp";

/** RFC 6238 appendix B, and RFC 4226 appendix D. */
const SECRET = Buffer.from("12345678901234567890");

describe("TOTP", () => {
  it.each([
    [59, "94287082"],
    [1111111109, "07081804"],
    [1111111111, "14050471"],
    [1234567890, "89005924"],
    [2000000000, "69279037"],
    [20000000000, "65353130"],
  ])("makes of second %i the code of RFC 6238's table", (seconds, code) => {
    expect(codeOf(SECRET, stepAt(seconds), 8)).toBe(code);
    expect(codeOf(SECRET, stepAt(seconds))).toBe(code.slice(-6));
  });

  it("makes the codes of RFC 4226's table", () => {
    const table = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
    expect(table.map((_code, counter) => codeOf(SECRET, counter))).toEqual(table);
  });

  it("knows a code from one step before until one step after, and not beyond", () => {
    const now = 1_000_000_005;
    const step = stepAt(now);
    for (const shift of [-1, 0, 1]) expect(stepOfCode(SECRET, codeOf(SECRET, step + shift), now)).toBe(step + shift);
    for (const shift of [-2, 2]) expect(stepOfCode(SECRET, codeOf(SECRET, step + shift), now)).toBeNull();
  });

  it("takes nothing for a code that is none", () => {
    for (const text of ["", "12345", "1234567", "abcdef", "     "]) expect(stepOfCode(SECRET, text, 59)).toBeNull();
  });
});

describe("the secret's text", () => {
  it.each([
    ["", ""],
    ["f", "MY"],
    ["fo", "MZXQ"],
    ["foo", "MZXW6"],
    ["foob", "MZXW6YQ"],
    ["fooba", "MZXW6YTB"],
    ["foobar", "MZXW6YTBOI"],
  ])("of %j is %j, as RFC 4648 §10 has it", (text, encoded) => {
    expect(toBase32(Buffer.from(text))).toBe(encoded);
  });

  it("stands in an address whose parts cannot be mistaken for one another", () => {
    const uri = new URL(keyUri(SECRET, { issuer: "Gatehouse a&b", account: "ada+x@example.com" }));
    expect(uri.protocol).toBe("otpauth:");
    expect(decodeURIComponent(uri.pathname)).toBe("/Gatehouse a&b:ada+x@example.com");
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
      issuer: "Gatehouse a&b",
    });
  });
});
