import { describe, expect, it } from "vitest";
import { isCidr, isEverywhere, splitCidrs } from "./cidr";

describe("splitCidrs", () => {
  it("takes lines, commas and spaces alike", () => {
    expect(splitCidrs(" 10.0.0.0/8,\n 192.0.2.1;2001:db8::/32 ")).toEqual(["10.0.0.0/8", "192.0.2.1", "2001:db8::/32"]);
    expect(splitCidrs(" \n")).toEqual([]);
  });
});

describe("isCidr", () => {
  it.each(["10.0.0.0/8", "192.0.2.1", "2001:db8::1", "2001:db8::/32"])("takes %s", (text) => {
    expect(isCidr(text)).toBe(true);
  });
  it.each(["10.0.0.0/33", "10.0.0", "0x7f.1", "example.com", "2001:db8::/129", "1.2.3.4/"])("refuses %s", (text) => {
    expect(isCidr(text)).toBe(false);
  });
});

describe("isEverywhere", () => {
  it("knows the blocks that limit nothing", () => {
    expect(isEverywhere("0.0.0.0/0")).toBe(true);
    expect(isEverywhere("::/0")).toBe(true);
    expect(isEverywhere("10.0.0.0/8")).toBe(false);
  });
});
