import { describe, expect, it } from "vitest";
import { safeReturnTo } from "./return-to";

describe("safeReturnTo", () => {
  it.each(["/tokens", "/tokens?q=a%20b&page=2", "/servers/srv_1?tab=keys"])("keeps our own path %s", (path) => {
    expect(safeReturnTo(path)).toBe(path);
  });

  it.each([
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/.//evil.example",
    "/x/..//evil.example",
    "javascript:alert(1)",
    "tokens",
    "",
    null,
    undefined,
    `/${"x".repeat(3000)}`,
  ])("never leads elsewhere: %j", (value) => {
    expect(safeReturnTo(value)).toBe("/");
  });
});
