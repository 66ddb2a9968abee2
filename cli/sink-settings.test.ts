import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { settingsFrom } from "./sink-settings";

describe("settingsFrom", () => {
  it("reads texts, switches, numbers and inner keys as the API takes them", () => {
    const given = ["url=https://a.example.com/?x=1", "privateNetwork=true", "port=6514", "tenant=123", "labels.env=prod", "labels.n=1"]; // prettier-ignore
    expect(settingsFrom(given)).toEqual({
      url: "https://a.example.com/?x=1",
      privateNetwork: true,
      port: 6514,
      tenant: "123",
      labels: { env: "prod", n: "1" },
    });
  });

  it("changes what is there, and takes out what is left empty, without touching the original", () => {
    const before = { url: "https://a.example.com", tenant: "acme", labels: { env: "prod" } };
    expect(settingsFrom(["tenant=", "labels.team=sec"], before)).toEqual({
      url: "https://a.example.com",
      labels: { env: "prod", team: "sec" },
    });
    expect(before).toEqual({ url: "https://a.example.com", tenant: "acme", labels: { env: "prod" } });
  });

  it("reads a value from a file, and says in one sentence what it cannot use", () => {
    const folder = mkdtempSync(join(tmpdir(), "gatehouse-settings-"));
    writeFileSync(join(folder, "ca.pem"), "PEM\n");
    expect(settingsFrom([`caPem=@${join(folder, "ca.pem")}`])).toEqual({ caPem: "PEM" });
    rmSync(folder, { recursive: true });
    expect(() => settingsFrom(["caPem=@/nowhere"])).toThrow("/nowhere cannot be read.");
    expect(() => settingsFrom(["nonsense"])).toThrow('"nonsense" is no setting: write key=value.');
  });
});
