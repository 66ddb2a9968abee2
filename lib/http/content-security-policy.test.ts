import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { contentSecurityPolicy, SONNER_STYLE_HASHES } from "./content-security-policy";

const policyOf = (development: boolean) =>
  new Map(
    contentSecurityPolicy({ nonce: "bm9uY2U=", development })
      .split("; ")
      .map((directive): [string, string[]] => {
        const [name = "", ...values] = directive.split(" ");
        return [name, values];
      }),
  );

describe("the content security policy", () => {
  it("lets in production no script and no style sheet run without its nonce, a known hash or our own address", () => {
    const policy = policyOf(false);
    expect(policy.get("script-src")).toEqual(["'nonce-bm9uY2U='", "'strict-dynamic'"]);
    expect(policy.get("style-src")).toEqual(["'self'", "'nonce-bm9uY2U='", ...SONNER_STYLE_HASHES]);
    expect(policy.get("connect-src")).toEqual(["'self'"]);
    const inline = [...policy].filter(([, values]) => values.some((value) => value.startsWith("'unsafe-")));
    expect(inline.map(([name]) => name)).toEqual(["style-src-attr"]);
  });

  it("forbids frames around us, plug-ins, another base, and forms to elsewhere", () => {
    for (const name of ["frame-ancestors", "object-src", "base-uri"])
      expect(policyOf(false).get(name)).toEqual(["'none'"]);
    expect(policyOf(false).get("form-action")).toEqual(["'self'"]);
  });

  it("knows the style sheet of the installed sonner", () => {
    const main = createRequire(import.meta.url).resolve("sonner");
    const source = readFileSync(join(dirname(main), "index.mjs"), "utf8");
    const sheet = JSON.parse(/^__insertCSS\((".*")\);?$/m.exec(source)?.[1] ?? '""') as string;
    const hashes = [sheet, ""].map((text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`);
    expect(sheet).not.toBe("");
    expect([...SONNER_STYLE_HASHES]).toEqual(hashes);
  });
});
