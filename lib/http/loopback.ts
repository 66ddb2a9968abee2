/** Client-safe: the names of this very machine, as a URL's `hostname` has them (RFC 8252 §7.3). */
export const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);
