import { describe, expect, it } from "vitest";
import { parseChallenge } from "@/lib/testing/challenge";
import { challenge } from "./challenge";

describe("challenge", () => {
  it("is read back as it was meant by a parser of RFC 9110, also with quotes, backslashes, commas and equals signs", () => {
    const parameters = { error: "insufficient_scope", scope: "a:b c:d", hard: 'a "b", \\c=d', empty: "" };
    expect(parseChallenge(challenge("DPoP", parameters))).toEqual({ scheme: "DPoP", parameters });
  });

  it("leaves out what there is not", () => {
    expect(challenge("Bearer", { error: undefined, scope: "a" })).toBe('Bearer scope="a"');
  });

  it.each(["a\r\nSet-Cookie: b=c", "ü", "\u0000"])("has no form for %j", (value) =>
    expect(() => challenge("Bearer", { scope: value })).toThrow("printable ASCII"),
  );
});
