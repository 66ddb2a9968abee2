import { describe, expect, it } from "vitest";
import { judgeHost } from "./host";

const local = new URL("http://localhost:3000");
const remote = new URL("https://gatehouse.example.com");
const get = (host: string | undefined, target = "/tokens?x=1") => ({ method: "GET", target, host });

describe("judgeHost", () => {
  it("lets the public host through, in any case", () => {
    expect(judgeHost(local, get("localhost:3000"))).toEqual({ kind: "pass" });
    expect(judgeHost(remote, get("Gatehouse.Example.com"))).toEqual({ kind: "pass" });
    expect(judgeHost(remote, get("gatehouse.example.com:443"))).toEqual({ kind: "pass" });
  });

  it("sends another spelling of loopback to the right one, query and all", () => {
    const verdict = { kind: "redirect", location: "http://localhost:3000/tokens?x=1" };
    expect(judgeHost(local, get("127.0.0.1:3000"))).toEqual(verdict);
    expect(judgeHost(local, get("[::1]:3000"))).toEqual(verdict);
  });

  it("redirects nowhere but to its own origin, whatever the path", () => {
    for (const target of ["//evil.example/x", "/\\evil.example", "/@evil.example"]) {
      const verdict = judgeHost(local, get("127.0.0.1:3000", target));
      expect(verdict.kind === "redirect" && new URL(verdict.location).origin).toBe(local.origin);
    }
    for (const target of ["@evil.example/x", ".evil.example/", "http://evil.example/"])
      expect(judgeHost(local, get("127.0.0.1:3000", target))).toEqual({ kind: "refuse" });
  });

  it("refuses a POST under another spelling, and another port", () => {
    expect(judgeHost(local, { ...get("127.0.0.1:3000"), method: "POST" })).toEqual({ kind: "refuse" });
    expect(judgeHost(local, get("127.0.0.1:3001"))).toEqual({ kind: "refuse" });
  });

  it("refuses foreign, absent and malformed hosts", () => {
    for (const host of ["evil.example", undefined, "a/b", "user@localhost:3000", "localhost:3000/.."])
      expect(judgeHost(local, get(host))).toEqual({ kind: "refuse" });
    expect(judgeHost(remote, get("127.0.0.1"))).toEqual({ kind: "refuse" });
  });

  it("lets the admin API be reached under any host", () => {
    expect(judgeHost(remote, get("10.0.0.5:3000", "/api/v1/tokens"))).toEqual({ kind: "pass" });
    expect(judgeHost(remote, get("10.0.0.5:3000", "/api/v1"))).toEqual({ kind: "refuse" });
  });
});
