import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contentHash } from "./stamp.mjs";

let folder = "";
const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
const hash = () => contentHash([folder]);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gatehouse-stamp-"));
  mkdirSync(join(folder, "token"));
  write("token/words.ts", "one");
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("contentHash", () => {
  it("changes with a source's content and with its name", () => {
    const before = hash();
    write("token/words.ts", "two");
    expect(hash()).not.toBe(before);
    write("token/words.ts", "one");
    expect(hash()).toBe(before);
    write("token/test.md.ts", "");
    expect(hash()).not.toBe(before);
  });

  it("stays as it was where only tests and texts changed, which nothing is built of", () => {
    const before = hash();
    for (const file of [
      "README.md",
      "token/words.test.ts",
      "token/words.db.test.ts",
      "token/setup.test.mjs",
      "token/field.test.tsx",
    ])
      write(file, "changed");
    expect(hash()).toBe(before);
  });
});
