import ipaddr from "ipaddr.js";
import { fieldError } from "@/lib/errors";

const FORM = /^([0-9a-f:.]+)(?:\/(\d{1,3}))?$/i;

/**
 * An address or a block in its one written form, or null where it is neither. A plain address is a block of one
 * (`/32`, `/128`); bits behind the prefix are cleared, as firewalls do (`10.1.2.3/8` → `10.0.0.0/8`); an IPv4 address
 * mapped into IPv6 is IPv4. Zones, and IPv4 in anything but four decimal parts, are refused.
 */
export function normaliseCidr(text: string): string | null {
  const match = FORM.exec(text.trim());
  const [, host = "", prefix] = match ?? [];
  const isV4 = ipaddr.IPv4.isValidFourPartDecimal(host);
  if (!isV4 && !(host.includes(":") && ipaddr.IPv6.isValid(host))) return null;
  const address = ipaddr.parse(host);
  const bits = address.kind() === "ipv4" ? 32 : 128;
  const length = prefix === undefined ? bits : Number(prefix);
  if (length > bits) return null;
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && length >= 96)
    return block(address.toIPv4Address(), length - 96);
  return block(address, length);
}

function block(address: ipaddr.IPv4 | ipaddr.IPv6, length: number): string {
  const bytes = address
    .toByteArray()
    .map((byte, i) => byte & (0xff00 >> Math.min(8, Math.max(0, length - i * 8))) & 0xff);
  const network = ipaddr.fromByteArray(bytes);
  return `${network instanceof ipaddr.IPv6 ? network.toRFC5952String() : network.toString()}/${length}`;
}

/** The blocks in their one form, without doubles. Throws `validation_failed` for the first fault (`allowedCidrs.N`). */
export function normaliseCidrs(texts: readonly string[]): string[] {
  const blocks = texts.map((text, i) => {
    const normal = normaliseCidr(text);
    if (normal === null)
      throw fieldError(
        "validation_failed",
        `allowedCidrs.${i}`,
        "This is no IP address or block (like 203.0.113.0/24).",
      );
    return normal;
  });
  return [...new Set(blocks)];
}

function within(inner: string, outer: string): boolean {
  const [innerAddress, innerLength] = ipaddr.parseCIDR(inner);
  const [outerAddress, outerLength] = ipaddr.parseCIDR(outer);
  if (innerAddress.kind() !== outerAddress.kind() || innerLength < outerLength) return false;
  return innerAddress.match(outerAddress, outerLength);
}

/** True where some address that `before` lets in may be kept out by `after`. An empty list lets every address in. */
export function narrowsAddresses(before: readonly string[], after: readonly string[]): boolean {
  if (after.length === 0) return false;
  if (before.length === 0) return true;
  return !before.every((inner) => after.some((outer) => within(inner, outer)));
}
