import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "gatehouse-setup-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const STEPS = pathToFileURL(resolve("scripts/setup/steps.mjs")).href;

describe("bundling", () => {
  it("leaves no helper process beside the program that it was for", () => {
    mkdirSync(join(folder, "server", "launcher"), { recursive: true });
    writeFileSync(join(folder, "server", "launcher", "main.ts"), "export const nothing = 0;\n");
    const script = `
      import childProcess from "node:child_process";
      import { once } from "node:events";
      const { spawn } = childProcess;
      const children = [];
      childProcess.spawn = (...args) => children[children.push(spawn(...args)) - 1];
      const { ensureBundles } = await import(${JSON.stringify(STEPS)});
      await ensureBundles();
      for (const child of children) {
        child.ref();
        if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      }
      console.log(children.length, "ended");`;
    const options = { cwd: folder, timeout: 15_000 };
    const said = execFileSync(process.execPath, ["--input-type=module", "-e", script], options).toString();
    expect(existsSync(join(folder, "dist", "launcher.mjs"))).toBe(true);
    expect(said).toBe("1 ended\n");
  });
});
