import ipaddr from "ipaddr.js";

/** Client-safe: a first look at typed addresses; the verb decides and normalises. */

/** The addresses and blocks of a text: separated by spaces, commas or lines. */
export function splitCidrs(text: string): string[] {
  return text.split(/[\s,;]+/).filter(Boolean);
}

/** True for an IPv4 or IPv6 address, or a block of them. */
export function isCidr(text: string): boolean {
  return text.includes("/")
    ? ipaddr.isValidCIDR(text)
    : ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}

/** True for a block that lets every address in. */
export function isEverywhere(text: string): boolean {
  return /\/0+$/.test(text);
}
