import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anchorOf } from "@/lib/audit/anchor/anchor";
import { exportAudit } from "@/lib/audit/export";
import { exportAuditSchema } from "@/lib/audit/schema";
import { newestCheckpoint } from "@/lib/audit/tree/store";
import { pool } from "@/lib/db";
import { fillLog, signLog, tamper } from "@/lib/testing/audit-log";
import { systemCtx } from "@/lib/testing/ctx";
import { useTestDatabase } from "@/lib/testing/database";
import { audit } from "./run-command";

useTestDatabase();

const folder = mkdtempSync(join(tmpdir(), "gatehouse-proof-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let size: number;
beforeAll(async () => {
  await fillLog(900);
  size = await signLog();
}, 60_000);

/** A bundle of what a query leaves of the log, in a file. */
async function bundleOf(q: string | undefined, name: string): Promise<{ file: string; lines: string[] }> {
  const { chunks } = await exportAudit(systemCtx(), exportAuditSchema.parse({ format: "bundle", q }));
  let text = "";
  for await (const chunk of chunks) text += chunk;
  const file = join(folder, name);
  writeFileSync(file, text);
  return { file, lines: text.trim().split("\n") };
}

/** What the tool says that has none of our code, and its exit code. */
function tool(file: string, ...args: string[]): { code: number; said: string } {
  try {
    const said = execFileSync(process.execPath, [resolve("tools/verify-audit.mjs"), file, ...args], { encoding: "utf8", stdio: "pipe" }); // prettier-ignore
    return { code: 0, said };
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: string };
    return { code: status, said: stderr };
  }
}

const indexOf = (line: string): number | undefined => (JSON.parse(line) as { index?: number }).index;

describe("a bundle of what a query leaves of the log", () => {
  // Many of each tile, few of each, one alone, and none at all.
  it.each([
    ["outcome:deny", "many"],
    ["target:ses_105", "one"],
    ["agent:Backfill outcome:deny tool:close_ticket", "few"],
    ["action:sink.create", "none"],
  ])("verifies offline by both, and says that it is not everything (%s: %s)", async (q) => {
    const { file, lines } = await bundleOf(q, "sparse");
    const entries = lines.filter((line) => indexOf(line) !== undefined).length;
    const ours = await audit("verify", "--file", file);
    expect(ours.bad).toBeUndefined();
    expect(ours.json).toMatchObject({ ok: true, entries, complete: false, firstBad: null });
    expect(tool(file)).toEqual({ code: 0, said: expect.stringContaining(`${entries} entries`) });
  });

  it("names by both the entry that was changed, the proof that was moved, and the end that was cut off", async () => {
    const { lines } = await bundleOf("outcome:deny", "whole");
    const at = Math.floor(lines.length / 2) + lines.slice(Math.floor(lines.length / 2)).findIndex((line) => indexOf(line) !== undefined); // prettier-ignore
    const line = lines[at] ?? "";
    const bad = indexOf(line) ?? 0;
    const file = join(folder, "bad");
    const told = async (changed: string[]) => {
      writeFileSync(file, `${changed.join("\n")}\n`);
      const { bad: isBad, json } = await audit("verify", "--file", file);
      const { code, said } = tool(file);
      return [isBad, (json as { firstBad: { index: number } }).firstBad.index, code, /Entry (\d+):/.exec(said)?.[1]];
    };
    expect(await told(lines.with(at, line.replace("deny", "alow")))).toEqual([true, bad, 1, String(bad)]);
    expect(await told(lines.toSpliced(at, 0, line))).toEqual([true, bad, 1, String(bad)]);
    const [, index, code] = await told(lines.slice(0, -1));
    expect([typeof index, code]).toEqual(["number", 1]);
    // One that is taken out is not missed in a bundle that is not complete, but the count at its end is.
    expect((await told(lines.toSpliced(at, 1)))[2]).toBe(1);
  });
});

describe("gatehouse audit verify", () => {
  it("checks a whole bundle under a key that was noted, and refuses what is none", async () => {
    const { file, lines } = await bundleOf(undefined, "all");
    const [key = ""] = (JSON.parse(lines[0] ?? "{}") as { keys: string[] }).keys;
    const found = await audit("verify", "--file", file, "--key", key);
    expect(found.json).toMatchObject({ ok: true, complete: true, entries: expect.any(Number) });
    expect(found.text).toContain("all as they were signed");
    expect((await audit("verify", "--file", file, "--key", key.replace(/\+.*$/, "+00000000+AAAA")).catch((error: unknown) => error)) as Error).toMatchObject({ message: expect.stringContaining("--key") }); // prettier-ignore
    writeFileSync(file, "nothing\n");
    await expect(audit("verify", "--file", file)).rejects.toThrow("no export bundle");
    await expect(audit("verify", "--file", join(folder, "absent"))).rejects.toThrow("cannot be read");
  });

  it("compares the log with an anchor, names the first bad entry, and ends badly then", async () => {
    const anchor = anchorOf(join(folder, "checkpoints"));
    const newest = await newestCheckpoint(pool());
    if (newest) await anchor.keep(newest);
    const good = await audit("verify", "--anchor", anchor.place);
    expect(good.json).toMatchObject({ ok: true, compared: 1, firstBad: null });
    await tamper("CREATE TABLE kept AS SELECT * FROM audit_entry WHERE idx = 300", `UPDATE audit_entry SET body = replace(body, '"v":', '"w":') WHERE idx = 300`); // prettier-ignore
    const found = await audit("verify", "--anchor", anchor.place);
    expect([found.bad, found.text]).toEqual([true, expect.stringContaining("Entry 300 is not as it was recorded")]);
    expect((await audit("verify", "--from", "512", "--to", "768")).json).toMatchObject({ ok: true, entries: 256 });
    await tamper("DELETE FROM audit_entry WHERE idx = 300", "INSERT INTO audit_entry SELECT * FROM kept");
    await expect(audit("verify", "--from", "x")).rejects.toThrow("must be an index");
  });
});

describe("gatehouse audit rotate-key", () => {
  it("prints the key that signs from the next checkpoint on; who noted the old one is led to it", async () => {
    const { lines } = await bundleOf(undefined, "before");
    const [old = ""] = (JSON.parse(lines[0] ?? "{}") as { keys: string[] }).keys;
    const announced = await audit("rotate-key");
    expect(announced.json).toMatchObject({ verifierKey: announced.text, predecessor: old });
    await expect(audit("rotate-key")).rejects.toMatchObject({ code: "audit_key_waits" });
    expect(await signLog()).toBeGreaterThan(size);
    await fillLog(5);
    await signLog();
    const { file } = await bundleOf("outcome:deny", "after");
    for (const key of [old, announced.text]) {
      expect((await audit("verify", "--file", file, "--key", key)).json).toMatchObject({ ok: true });
      expect(tool(file, "--key", key).code).toBe(0);
    }
    expect(readFileSync(file, "utf8")).toContain(announced.text);
  });
});
