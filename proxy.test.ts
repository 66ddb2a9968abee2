import "next/dist/server/node-environment-baseline"; // Next's modules look for what it sets up
import { unstable_doesMiddlewareMatch } from "next/experimental/testing/server";
import { NextRequest } from "next/server";
import { afterEach, describe, expect, it, vi } from "vitest";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

/** The proxy of a Gatehouse at that address. */
async function proxyAt(publicUrl: string) {
  vi.stubEnv("GATEHOUSE_URL", publicUrl);
  vi.resetModules();
  const { proxy } = await import("./proxy");
  return (host: string | null, path = "/tokens?x=1", method = "GET") => {
    const headers = new Headers(host === null ? {} : { host });
    return proxy(new NextRequest(new URL(path, "http://internal.example"), { method, headers }));
  };
}

const passes = (response: Response) => response.headers.get("x-middleware-next") === "1";
const nonceIn = (policy: string | null) => /script-src 'nonce-([A-Za-z0-9+/=]+)'/.exec(policy ?? "")?.[1];

describe("the host check", () => {
  it("lets the public host through", async () => {
    expect(passes((await proxyAt("http://localhost:3000"))("localhost:3000"))).toBe(true);
    expect(passes((await proxyAt("https://gatehouse.example.com"))("gatehouse.example.com"))).toBe(true);
  });

  it.each(["127.0.0.1:3000", "[::1]:3000"])(
    "sends a page under the loopback alias %s to the right address",
    async (host) => {
      const response = (await proxyAt("http://localhost:3000"))(host);
      expect(response.status).toBe(307);
      expect(response.headers.get("location")).toBe("http://localhost:3000/tokens?x=1");
    },
  );

  it.each([
    ["a foreign host", "evil.example", "GET"],
    ["no host", null, "GET"],
    ["another port", "localhost:3001", "GET"],
    ["a POST under an alias", "127.0.0.1:3000", "POST"],
  ])("answers 421 to %s", async (_name, host, method) => {
    const response = (await proxyAt("http://localhost:3000"))(host, "/api/auth/csrf", method);
    expect(response.status).toBe(421);
    expect(passes(response)).toBe(false);
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  it("does not take a loopback alias for a public address", async () => {
    expect((await proxyAt("https://gatehouse.example.com"))("localhost").status).toBe(421);
  });

  it("believes no forwarded host", async () => {
    vi.stubEnv("GATEHOUSE_URL", "http://localhost:3000");
    vi.resetModules();
    const { proxy } = await import("./proxy");
    const headers = { host: "evil.example", "x-forwarded-host": "localhost:3000", forwarded: "host=localhost:3000" };
    expect(proxy(new NextRequest("http://evil.example/", { headers })).status).toBe(421);
  });
});

describe("the headers of every page", () => {
  it("carry a policy with a new nonce each time, which Next is told of, and forbid keeping the answer", async () => {
    const ask = await proxyAt("http://localhost:3000");
    const nonces = [1, 2].map(() => {
      const { headers } = ask("localhost:3000");
      const policy = headers.get("content-security-policy");
      expect(headers.get("x-middleware-request-content-security-policy")).toBe(policy);
      expect(headers.get("cache-control")).toBe("no-store");
      expect(policy).toContain("frame-ancestors 'none'");
      return nonceIn(policy);
    });
    expect(nonces[0]).toHaveLength(24);
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  it("replace what the browser says of policy and path", async () => {
    const ask = await proxyAt("http://localhost:3000");
    vi.stubEnv("GATEHOUSE_URL", "http://localhost:3000");
    const { proxy } = await import("./proxy");
    const headers = { host: "localhost:3000", "content-security-policy": "none", "x-gatehouse-path": "//evil.example" };
    const response = proxy(new NextRequest("http://localhost:3000/roles", { headers }));
    expect(response.headers.get("x-middleware-request-x-gatehouse-path")).toBe("/roles");
    expect(nonceIn(response.headers.get("x-middleware-request-content-security-policy"))).toBeTruthy();
    expect(passes(ask("localhost:3000"))).toBe(true);
  });

  it("promise https for a year where the address is https, and never where it is not", async () => {
    const secure = (await proxyAt("https://gatehouse.example.com"))("gatehouse.example.com");
    expect(secure.headers.get("strict-transport-security")).toMatch(/^max-age=31536000/);
    const plain = (await proxyAt("http://localhost:3000"))("localhost:3000");
    expect(plain.headers.has("strict-transport-security")).toBe(false);
  });
});

describe("what it covers", () => {
  const covers = async (url: string) => {
    const { config } = await import("./proxy");
    return unstable_doesMiddlewareMatch({ config, url });
  };

  it.each([
    "/",
    "/sign-in",
    "/tokens/tok_1",
    "/api/auth/csrf",
    "/api/v1x",
    "/oauth/x",
    "/healthz",
    "/_next/data/x",
    "/icon.svg.html",
  ])("covers %s", async (url) => {
    expect(await covers(url)).toBe(true);
  });

  it.each(["/api/v1/tokens", "/_next/static/chunks/a.js", "/icon.svg"])("leaves %s alone", async (url) => {
    expect(await covers(url)).toBe(false);
  });
});
