import ipaddr from "ipaddr.js";

/** An address with IPv4-mapped IPv6 (`::ffff:192.0.2.1`) as the IPv4 address that it means; null where it is none. */
function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  // ipaddr.js also reads `010.1`, `0x0a.1` and `::10.1.2.3`, each as an IPv4 address that nobody would expect.
  const dotted = text.includes(".");
  if (dotted && text.includes(":") && !/^(?:::|(?:0+:){5})ffff:[0-9.]+$/i.test(text)) return null;
  if (!text.includes(":") && !ipaddr.IPv4.isValidFourPartDecimal(text)) return null;
  try {
    return ipaddr.process(text);
  } catch {
    return null;
  }
}

function within(address: ipaddr.IPv4 | ipaddr.IPv6, block: string): boolean {
  try {
    const [base, bits] = ipaddr.parseCIDR(block);
    if (base instanceof ipaddr.IPv6 && base.isIPv4MappedAddress()) {
      // A mapped block of at least /96 means IPv4 addresses; a wider one is not an address list that anybody meant.
      return bits >= 96 && address instanceof ipaddr.IPv4 && address.match(base.toIPv4Address(), bits - 96);
    }
    if (address instanceof ipaddr.IPv4 && base instanceof ipaddr.IPv4) return address.match(base, bits);
    if (address instanceof ipaddr.IPv6 && base instanceof ipaddr.IPv6) return address.match(base, bits);
    return false;
  } catch {
    return false;
  }
}

/**
 * True where an address list lets the address in. An empty list lets everything in; otherwise an absent or unreadable
 * address, and an unreadable block, let nothing in.
 */
export function addressAllowed(address: string | undefined, blocks: readonly string[]): boolean {
  if (blocks.length === 0) return true;
  const parsed = address === undefined ? null : parse(address);
  return parsed !== null && blocks.some((block) => within(parsed, block));
}
