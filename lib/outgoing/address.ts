import "server-only";
import ipaddr from "ipaddr.js";

/**
 * Which addresses Gatehouse itself may call. Where an admin names them, loopback and private networks are allowed: self-hosted
 * MCP servers live there. What is never an MCP server, but may be a cloud's metadata service or a whole network at once, is refused.
 */

/** Ranges of `ipaddr.js` that are refused, and how a person is told. */
const REFUSED_RANGES: Record<string, string> = {
  unspecified: "an unspecified address",
  broadcast: "a broadcast address",
  multicast: "a multicast address",
  linkLocal: "a link-local address",
  reserved: "a reserved address",
  // What a tunnel or a translator of one's own makes of these cannot be judged from here.
  teredo: "a tunnel address",
  discard: "a discard address",
};

/** Metadata services outside the link-local range. */
const METADATA = [
  "100.100.100.200/32", // Alibaba
  "168.63.129.16/32", // Azure
  "192.0.0.192/32", // Oracle
  "fd00:ec2::/32", // AWS
  "fd20:ce::254/128", // Google
  "fd00:42::42/128", // Scaleway
].map((cidr) => ipaddr.parseCIDR(cidr));

const LOCAL_NAT64 = ipaddr.parseCIDR("64:ff9b:1::/48");
const NAT64 = ipaddr.parseCIDR("64:ff9b::/96");
const COMPATIBLE = ipaddr.parseCIDR("::/96");

type Address = ipaddr.IPv4 | ipaddr.IPv6;

const within = (address: Address, [network, bits]: [Address, number]): boolean =>
  address.kind() === network.kind() && address.match(network, bits);

/** The IPv4 address that an IPv6 one carries: mapped, compatible, translated (NAT64, SIIT) or 6to4; else null. */
function embeddedIpv4(address: ipaddr.IPv6): ipaddr.IPv4 | null {
  const bytes = address.toByteArray();
  const range = address.range();
  if (range === "6to4") return new ipaddr.IPv4(bytes.slice(2, 6));
  const carries =
    range === "ipv4Mapped" ||
    range === "rfc6145" ||
    within(address, NAT64) ||
    (within(address, COMPATIBLE) && range !== "unspecified" && range !== "loopback");
  return carries ? new ipaddr.IPv4(bytes.slice(12)) : null;
}

function refusal(address: Address): string | null {
  if (METADATA.some((network) => within(address, network))) return "a cloud's metadata service";
  if (address instanceof ipaddr.IPv6) {
    if (within(address, LOCAL_NAT64)) return "a tunnel address";
    const embedded = embeddedIpv4(address);
    if (embedded) return refusal(embedded);
  }
  return REFUSED_RANGES[address.range()] ?? null;
}

/** Who named the address: an admin, who may mean their own network, or a stranger, who may mean the public one alone. */
export type Reach = "own" | "public";

/**
 * Why an address may not be called (`a link-local address`), or null where it may be. A text that is no IP address is
 * refused too. Whatever is not globally reachable unicast is refused for a stranger.
 */
export function refusedAddress(text: string, reach: Reach = "own"): string | null {
  const bare = text.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  if (!ipaddr.isValid(bare)) return "not an IP address";
  const address = ipaddr.parse(bare);
  return refusal(address) ?? (reach === "public" && !isPublic(address) ? "not a public address" : null);
}

function isPublic(address: Address): boolean {
  const embedded = address instanceof ipaddr.IPv6 ? embeddedIpv4(address) : null;
  return (embedded ?? address).range() === "unicast";
}
