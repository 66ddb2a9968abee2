import { LOOPBACK } from "./loopback";

/** What to do with a request for the console, by its Host header. */
export type HostVerdict = { kind: "pass" } | { kind: "redirect"; location: string } | { kind: "refuse" };

/**
 * Pages live under one address alone: cookies and links are bound to it, and a foreign Host is somebody else's name
 * pointed at us (DNS rebinding). Another spelling of loopback is sent on to the right one. The admin API takes bearer
 * tokens and no cookies, so any host may reach it.
 */
export function judgeHost(
  publicUrl: URL,
  request: { method: string; target: string; host: string | undefined },
): HostVerdict {
  if (request.target.startsWith("/api/v1/")) return { kind: "pass" };
  const given = parseHost(publicUrl.protocol, request.host);
  if (!given) return { kind: "refuse" };
  if (given.host === publicUrl.host) return { kind: "pass" };
  const alias = LOOPBACK.has(publicUrl.hostname) && LOOPBACK.has(given.hostname) && given.port === publicUrl.port;
  const path = request.target.startsWith("/"); // an absolute target would become part of the host behind our origin
  if (alias && path && (request.method === "GET" || request.method === "HEAD"))
    return { kind: "redirect", location: `${publicUrl.origin}${request.target}` };
  return { kind: "refuse" };
}

function parseHost(protocol: string, host: string | undefined): URL | null {
  return host && /^[\w.:[\]-]+$/.test(host) && URL.canParse(`${protocol}//${host}`)
    ? new URL(`${protocol}//${host}`)
    : null;
}
