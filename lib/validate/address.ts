import ipaddr from "ipaddr.js";
import { Recent } from "@/lib/recent";

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Block = [Address, number];

/** An address with IPv4-mapped IPv6 (`::ffff:192.0.2.1`) as the IPv4 address that it means; null where it is none. */
function parse(text: string): Address | null {
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

const addresses = new Recent<Address | null>(1024);
const blocks = new Recent<Block | null>(1024);

/** What was read from a text before, or `read` now: the same addresses and blocks come call after call. */
function remembered<T>(known: Recent<T>, text: string, read: (text: string) => T): T {
  const before = known.get(text);
  if (before !== undefined) return before;
  const now = read(text);
  known.set(text, now);
  return now;
}

function parseBlock(text: string): Block | null {
  try {
    return ipaddr.parseCIDR(text);
  } catch {
    return null;
  }
}

function within(address: Address, text: string): boolean {
  const block = remembered(blocks, text, parseBlock);
  if (block === null) return false;
  try {
    const [base, bits] = block;
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
export function addressAllowed(address: string | undefined, list: readonly string[]): boolean {
  if (list.length === 0) return true;
  const parsed = address === undefined ? null : remembered(addresses, address, parse);
  return parsed !== null && list.some((block) => within(parsed, block));
}
