import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusedAddress } from "./address";

const LINK_LOCAL = "a link-local address";
const METADATA = "a cloud's metadata service";

describe("refusedAddress", () => {
  it.each([
    ["169.254.169.254", LINK_LOCAL],
    ["169.254.0.1", LINK_LOCAL],
    ["fe80::1", LINK_LOCAL],
    ["fe80::1%eth0", LINK_LOCAL],
    ["febf::1", LINK_LOCAL],
    ["fd00:ec2::254", METADATA],
    ["fd00:ec2::23", METADATA],
    ["fd20:ce::254", METADATA],
    ["100.100.100.200", METADATA],
    ["168.63.129.16", METADATA],
    ["192.0.0.192", METADATA],
    ["0.0.0.0", "an unspecified address"],
    ["0.1.2.3", "an unspecified address"],
    ["::", "an unspecified address"],
    ["224.0.0.1", "a multicast address"],
    ["ff02::1", "a multicast address"],
    ["255.255.255.255", "a broadcast address"],
    ["240.0.0.1", "a reserved address"],
    ["2001:0:4136:e378::1", "a tunnel address"],
    ["64:ff9b:1::a9fe:a9fe", "a tunnel address"],
    ["example.com", "not an IP address"],
    ["", "not an IP address"],
  ])("refuses %s as %s", (address, why) => {
    expect(refusedAddress(address)).toBe(why);
  });

  it.each([
    ["mapped", "::ffff:169.254.169.254"],
    ["mapped, in hexadecimal", "::ffff:a9fe:a9fe"],
    ["compatible", "::a9fe:a9fe"],
    ["NAT64", "64:ff9b::a9fe:a9fe"],
    ["SIIT", "::ffff:0:a9fe:a9fe"],
    ["6to4", "2002:a9fe:a9fe::1"],
    ["in brackets", "[::ffff:a9fe:a9fe]"],
  ])("sees through the IPv6 form: %s", (_form, address) => {
    expect(refusedAddress(address)).toBe(LINK_LOCAL);
  });

  it.each([
    "127.0.0.1",
    "::1",
    "10.0.0.8",
    "172.16.3.4",
    "192.168.1.1",
    "fd12:3456::1",
    "93.184.216.34",
    "2606:4700::1",
  ])("allows %s: self-hosted servers live on loopback and private networks, others in public", (address) => {
    expect(refusedAddress(address)).toBeNull();
  });

  it.each([
    "127.0.0.1",
    "::1",
    "10.0.0.8",
    "172.16.3.4",
    "192.168.1.1",
    "100.64.0.1",
    "fd12:3456::1",
    "::ffff:10.0.0.8",
    "64:ff9b::7f00:1",
    "2002:a00:8::1",
  ])("refuses %s where a stranger named it: our own network is not theirs to look into", (address) => {
    expect(refusedAddress(address, "public")).toBe("not a public address");
  });

  it.each(["93.184.216.34", "2606:4700::1", "::ffff:93.184.216.34"])("lets a stranger name %s", (address) => {
    expect(refusedAddress(address, "public")).toBeNull();
  });

  it("judges every IPv4 address the same in each of its IPv6 forms", () => {
    fc.assert(
      fc.property(fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)), (bytes) => {
        const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0"));
        const tail = `${hex[0]}${hex[1]}:${hex[2]}${hex[3]}`;
        const plain = refusedAddress(bytes.join("."));
        for (const form of [`::ffff:${tail}`, `64:ff9b::${tail}`, `2002:${tail}::1`])
          expect(refusedAddress(form)).toBe(plain);
      }),
      { seed: 1 },
    );
  });
});
