import { afterEach, describe, expect, it, vi } from "vitest";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

async function cookieAt(publicUrl: string) {
  vi.stubEnv("GATEHOUSE_URL", publicUrl);
  vi.resetModules();
  const { sessionCookieName, sessionCookieOptions } = await import("./cookie");
  return { name: sessionCookieName(), options: sessionCookieOptions() };
}

describe("the session cookie", () => {
  it("is bound to the host and to https where the address is https", async () => {
    expect(await cookieAt("https://gatehouse.example.com")).toEqual({
      name: "__Host-gatehouse-session",
      // `__Host-` asks for Secure, Path=/ and no Domain (RFC 6265bis §4.1.3.2).
      options: { httpOnly: true, sameSite: "lax", path: "/", secure: true },
    });
  });

  it("is the same without the prefix where the address is http", async () => {
    expect(await cookieAt("http://localhost:3000")).toEqual({
      name: "gatehouse-session",
      options: { httpOnly: true, sameSite: "lax", path: "/", secure: false },
    });
  });
});
