import { describe, expect, it } from "vitest";
import { originOf, parseTrustedProxies } from "./client-ip";

const trusted = parseTrustedProxies(["10.0.0.0/8", "192.0.2.1", "fd00::/8"]);
const none = parseTrustedProxies(undefined);

const clientIp = (...asked: Parameters<typeof originOf>) => originOf(...asked).ip;

describe("originOf", () => {
  it("is the socket's address where no proxy is trusted, whatever the headers say", () => {
    expect(clientIp("203.0.113.9", { "x-forwarded-for": "1.1.1.1" }, none)).toBe("203.0.113.9");
  });

  it("does not believe an untrusted peer's headers", () => {
    expect(clientIp("203.0.113.9", { "x-forwarded-for": "1.1.1.1" }, trusted)).toBe("203.0.113.9");
  });

  it("takes the right-most hop that is not trusted, so that what a client wrote itself does not count", () => {
    expect(clientIp("10.1.1.1", { "x-forwarded-for": "6.6.6.6, 198.51.100.7, 192.0.2.1" }, trusted)).toBe(
      "198.51.100.7",
    );
  });

  it("writes IPv4 in IPv6 as IPv4, in the socket and in the header", () => {
    expect(clientIp("::ffff:203.0.113.9", {}, none)).toBe("203.0.113.9");
    expect(clientIp("::ffff:10.0.0.1", { "x-forwarded-for": "::ffff:198.51.100.7" }, trusted)).toBe("198.51.100.7");
  });

  it("reads Forwarded (RFC 7239) with ports, brackets and quotes", () => {
    const forwarded = 'for=6.6.6.6, for="[2001:db8::17]:4711";proto=https;by=10.0.0.2';
    expect(clientIp("10.0.0.1", { forwarded }, trusted)).toBe("2001:db8::17");
  });

  it("stops at a hop that it cannot read, and takes the proxy that wrote it", () => {
    expect(clientIp("10.0.0.1", { "x-forwarded-for": "198.51.100.7, nonsense, 10.0.0.2" }, trusted)).toBe("10.0.0.2");
  });

  it("refuses a list that is not one, naming the variable", () => {
    expect(() => parseTrustedProxies(["10.0.0.0/99"])).toThrow(/GATEHOUSE_TRUSTED_PROXIES/);
  });

  it("tells the trusted proxies in between, the client's neighbour first, and none that a client made up", () => {
    const forwarded = { "x-forwarded-for": "6.6.6.6, 198.51.100.7, 192.0.2.1" };
    expect(originOf("::ffff:10.1.1.1", forwarded, trusted).proxies).toEqual(["192.0.2.1", "10.1.1.1"]);
    expect(originOf("203.0.113.9", { "x-forwarded-for": "10.0.0.1" }, trusted)).toEqual({ ip: "203.0.113.9" });
    expect(originOf("10.1.1.1", {}, trusted)).toEqual({ ip: "10.1.1.1" });
  });
});
