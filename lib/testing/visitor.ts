/** A browser without a window: keeps cookies by host name (not by port, as browsers do) and follows redirects. */
export type Visitor = {
  /** One request, no redirect followed. */
  request: (url: string, init?: RequestInit) => Promise<Response>;
  /** Requests, then follows redirects until an answer that is none or an address where `stop` is true. */
  follow: (
    url: string,
    init?: RequestInit,
    stop?: (url: URL) => boolean,
  ) => Promise<{ url: URL; response: Response | null }>;
  /** The cookies held for a host name, by name. */
  cookies: (hostname: string) => Map<string, string>;
  /** Every `Set-Cookie` line seen, as it was sent. */
  setCookies: string[];
};

/** A visitor with no cookies, or with a copy of another's. */
export function makeVisitor(from?: Visitor, hosts: readonly string[] = ["localhost", "127.0.0.1"]): Visitor {
  const jars = new Map(hosts.map((host) => [host, new Map(from?.cookies(host))]));
  const cookies = (hostname: string) => {
    const jar = jars.get(hostname) ?? new Map<string, string>();
    jars.set(hostname, jar);
    return jar;
  };
  const setCookies: string[] = [];
  const keep = (hostname: string, line: string) => {
    setCookies.push(line);
    const [pair = "", ...attributes] = line.split(";");
    const at = pair.indexOf("=");
    const name = pair.slice(0, at).trim();
    const value = pair.slice(at + 1).trim();
    const gone = attributes.some((one) => {
      const [key = "", text = ""] = one.trim().split("=");
      if (key.toLowerCase() === "max-age") return Number(text) <= 0;
      return key.toLowerCase() === "expires" && Date.parse(text) <= Date.now();
    });
    if (gone) cookies(hostname).delete(name);
    else cookies(hostname).set(name, value);
  };
  const request = async (url: string, init: RequestInit = {}) => {
    const { hostname } = new URL(url);
    const headers = new Headers(init.headers);
    const cookie = [...cookies(hostname)].map(([name, value]) => `${name}=${value}`).join("; ");
    if (cookie && !headers.has("cookie")) headers.set("cookie", cookie);
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) keep(hostname, line);
    return response;
  };
  const follow: Visitor["follow"] = async (url, init, stop = () => false) => {
    let next = new URL(url);
    let how = init;
    for (let hop = 0; hop < 20; hop++) {
      if (stop(next)) return { url: next, response: null };
      const response = await request(next.href, how);
      const location = response.headers.get("location");
      if (response.status < 300 || response.status > 399 || location === null) return { url: next, response };
      await response.arrayBuffer();
      next = new URL(location, next);
      how = undefined;
    }
    throw new Error(`Redirects without end at ${next.href}`);
  };
  return { request, follow, cookies, setCookies };
}
