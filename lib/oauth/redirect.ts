import { LOOPBACK } from "@/lib/http/loopback";

/** Client-safe: what a redirect address says to a person. */

/** True where the browser goes on to a program on its own machine (RFC 8252 §7.3): by loopback, or by an app's scheme. */
export function isLocalRedirect(uri: string): boolean {
  if (!URL.canParse(uri)) return false;
  const { protocol, hostname } = new URL(uri);
  return protocol !== "https:" && (protocol !== "http:" || LOOPBACK.has(hostname));
}

/** Where a redirect address leads, as people can read it: a host, or an app's scheme. */
export function redirectName(uri: string): string {
  if (!URL.canParse(uri)) return uri;
  const { protocol, host } = new URL(uri);
  return protocol === "https:" || protocol === "http:" ? host : `${protocol}//`;
}

/** The host of a client that is known by its metadata document; null for all others. */
export function documentHost(clientId: string): string | null {
  return clientId.startsWith("https://") && URL.canParse(clientId) ? new URL(clientId).host : null;
}
