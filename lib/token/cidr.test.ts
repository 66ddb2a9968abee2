import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { narrowsAddresses, normaliseCidr, normaliseCidrs } from "./cidr";

describe("normaliseCidr", () => {
  it.each([
    ["203.0.113.7", "203.0.113.7/32"],
    ["203.0.113.7/24", "203.0.113.0/24"],
    ["10.255.255.255/9", "10.128.0.0/9"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    [" 192.0.2.1 ", "192.0.2.1/32"],
    ["2001:DB8::1", "2001:db8::1/128"],
    ["2001:db8:0:0:1::/33", "2001:db8::/33"],
    ["::/0", "::/0"],
    ["::ffff:192.0.2.5", "192.0.2.5/32"],
    ["::ffff:192.0.2.5/120", "192.0.2.0/24"],
  ])("%s becomes %s", (text, expected) => expect(normaliseCidr(text)).toBe(expected));

  it.each([
    "",
    "x",
    "1",
    "010.0.0.1",
    "0x7f.1",
    "10.0.0",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/",
    "::1/129",
    "fe80::1%eth0",
    "10.0.0.1/8/8",
    "2001:db8::g",
    "example.com",
  ])("refuses %j", (text) => expect(normaliseCidr(text)).toBeNull());

  it("gives a form that stays as it is", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(128), (address, length) => {
        const once = normaliseCidr(`${address}/${length}`);
        if (once !== null) expect(normaliseCidr(once)).toBe(once);
      }),
    );
  });
});

describe("normaliseCidrs", () => {
  it("drops doubles, and names the field of the first fault", () => {
    expect(normaliseCidrs(["10.0.0.1/8", "10.0.0.0/8", "::1"])).toEqual(["10.0.0.0/8", "::1/128"]);
    expect(() => normaliseCidrs(["10.0.0.0/8", "nowhere"])).toThrow(
      expect.objectContaining({
        code: "validation_failed",
        fields: [expect.objectContaining({ path: "allowedCidrs.1" })],
      }),
    );
  });
});

describe("narrowsAddresses", () => {
  it.each([
    [[], [], false],
    [[], ["10.0.0.0/8"], true],
    [["10.0.0.0/8"], [], false],
    [["10.0.0.0/8"], ["10.0.0.0/8", "::1/128"], false],
    [["10.0.0.0/8"], ["0.0.0.0/0"], false],
    [["10.0.0.0/8"], ["10.0.0.0/9"], true],
    [["10.0.0.0/8", "::1/128"], ["10.0.0.0/8"], true],
  ])("from %j to %j is %s", (before, after, expected) => expect(narrowsAddresses(before, after)).toBe(expected));
});
