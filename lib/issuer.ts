import { LOOPBACK } from "@/lib/http/loopback";

/**
 * What is wrong with a public address as OAuth issuer, as a sentence for whoever runs Gatehouse; null where nothing is. RFC 8414 §2
 * and MCP ask for https. Plain http is for this very machine alone: there nobody listens on the way.
 */
export function issuerConcern(publicUrl: string): string | null {
  const { protocol, hostname } = new URL(publicUrl);
  if (protocol === "https:" || LOOPBACK.has(hostname)) return null;
  return (
    `GATEHOUSE_URL is ${publicUrl}, without TLS: tokens, passwords and sessions cross the network in the clear, ` +
    "and MCP clients refuse an issuer that is not https. Put a proxy with TLS in front, and set GATEHOUSE_URL to its https address."
  );
}
