import type { IncomingHttpHeaders } from "node:http";
import ipaddr from "ipaddr.js";
import { EnvError } from "@/lib/env";
import { Recent } from "@/lib/recent";

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

/** The proxies whose word about the client's address is believed. */
export type TrustedProxies = readonly Range[];

/** Parses GATEHOUSE_TRUSTED_PROXIES: addresses and CIDR ranges. Throws `EnvError`. */
export function parseTrustedProxies(list: readonly string[] | undefined): TrustedProxies {
  return (list ?? []).map((text) => {
    try {
      if (text.includes("/")) return ipaddr.parseCIDR(text);
      const address = ipaddr.process(text);
      return [address, address.kind() === "ipv4" ? 32 : 128];
    } catch {
      throw new EnvError(`GATEHOUSE_TRUSTED_PROXIES is not usable: "${text}" is not an address or CIDR range.`);
    }
  });
}

/** An address in its plain form: IPv4 in IPv6 becomes IPv4, brackets, port and zone go. Null where it is none. */
function parseAddress(text: string): Address | null {
  const bare = text
    .trim()
    .replace(/^"|"$/g, "")
    .replace(/^\[(.*)\](:\d+)?$/, "$1")
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1")
    .replace(/%.*$/, "");
  return ipaddr.isValid(bare) && (bare.includes(":") || ipaddr.IPv4.isValidFourPartDecimal(bare))
    ? ipaddr.process(bare)
    : null;
}

function isTrusted(address: Address, trusted: TrustedProxies): boolean {
  return trusted.some(([range, bits]) => address.kind() === range.kind() && address.match(range as never, bits));
}

/** The hops that the headers name, client first: X-Forwarded-For, else RFC 7239 Forwarded. */
function forwardedFor(headers: IncomingHttpHeaders): string[] {
  const plain = headers["x-forwarded-for"];
  if (plain !== undefined) return [plain].flat().join(",").split(",");
  const standard = headers.forwarded;
  if (standard === undefined) return [];
  return standard.split(",").map((hop) => /(?:^|;)\s*for=("[^"]*"|[^;]*)/i.exec(hop)?.[1] ?? "unknown");
}

/** The same few peers ask again and again. */
const plain = new Recent<string | null>(1024);

function plainAddress(socketAddress: string): string | null {
  const known = plain.get(socketAddress);
  if (known !== undefined) return known;
  const address = parseAddress(socketAddress)?.toString() ?? null;
  plain.set(socketAddress, address);
  return address;
}

/** Where a request comes from, and the trusted proxies that passed it on, the first of them first (left out: none). */
export type Origin = { ip: string | null; proxies?: readonly string[] };

/**
 * The address that a request comes from: the socket's, or, where that is a trusted proxy, the right-most hop that is
 * not one. What stands further left anybody may have written. Null where the socket is gone.
 */
export function originOf(
  socketAddress: string | undefined,
  headers: IncomingHttpHeaders,
  trusted: TrustedProxies,
): Origin {
  if (!socketAddress) return { ip: null };
  if (trusted.length === 0) return { ip: plainAddress(socketAddress) };
  let last = parseAddress(socketAddress);
  if (!last) return { ip: null };
  const proxies: string[] = [];
  const hops = forwardedFor(headers);
  for (let index = hops.length - 1; index >= 0 && isTrusted(last, trusted); index--) {
    const hop = parseAddress(hops[index] ?? "");
    if (!hop) break; // unreadable: the proxy that wrote it is the last one we know
    proxies.unshift(last.toString());
    last = hop;
  }
  return proxies.length === 0 ? { ip: last.toString() } : { ip: last.toString(), proxies };
}
