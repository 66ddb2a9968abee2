import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pool } from "@/lib/db";
import { fillLog, signLog, tamper } from "@/lib/testing/audit-log";
import { systemCtx } from "@/lib/testing/ctx";
import { useTestDatabase } from "@/lib/testing/database";
import { bundleLines, entriesOf } from "./bundle/make";
import { BundleVerifier } from "./bundle/verify";
import { readLogKeys } from "./signer/keys";
import { rotateAuditKey } from "./signer/rotate";
import { verifierKeyText } from "./tree/note";
import { newestCheckpoint } from "./tree/store";
import { verifyAudit } from "./verify";

// What somebody does who is above every trigger and permission, and which of it who finds: our verifier on the database, ours on a
// bundle that was made afterwards, and the tool that has none of our code.

useTestDatabase();

const TOOL = resolve("tools/verify-audit.mjs");
const TABLES = ["audit_entry", "audit_tile", "audit_checkpoint", "audit_signer", "audit_head"];
const folder = mkdtempSync(join(tmpdir(), "gatehouse-bundle-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let size: number;
let key: string;
/** Remembered outside, before anything was done: an earlier checkpoint and the newest one. */
let notes: string[];
beforeAll(async () => {
  const remember = async () => (await newestCheckpoint(pool()))?.note ?? "";
  await fillLog(400);
  await signLog();
  const early = await remember();
  key = (await readLogKeys(pool())).map(verifierKeyText)[0] ?? "";
  await rotateAuditKey(systemCtx());
  await fillLog(700);
  size = await signLog();
  notes = [early, await remember()];
  writeFileSync(join(folder, "anchor"), notes.map((note) => `${JSON.stringify({ note })}\n`).join(""));
  await tamper(...TABLES.map((table) => `CREATE TABLE kept_${table} AS SELECT * FROM ${table}`));
}, 60_000);

const restore = () =>
  tamper(...TABLES.flatMap((table) => [`DELETE FROM ${table}`, `INSERT INTO ${table} SELECT * FROM kept_${table}`]));

async function makeBundle(): Promise<string> {
  const checkpoint = await newestCheckpoint(pool());
  if (!checkpoint) throw new Error("nothing was signed");
  const selection = { from: 0, to: checkpoint.size, complete: true };
  let text = "";
  for await (const line of bundleLines(pool(), checkpoint, selection, entriesOf(pool(), selection))) text += line;
  return text;
}

/** What the tool says, and its exit code. */
function runTool(bundle: string, ...args: string[]): { code: number; said: string } {
  const file = join(folder, "bundle");
  writeFileSync(file, bundle);
  try {
    return { code: 0, said: execFileSync(process.execPath, [TOOL, file, ...args], { encoding: "utf8", stdio: "pipe" }) };
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: string };
    return { code: status, said: stderr };
  }
} // prettier-ignore

function runOurs(bundle: string): string {
  try {
    const [first = "", ...lines] = bundle.trim().split("\n");
    const verifier = new BundleVerifier(JSON.parse(first));
    for (const line of lines) verifier.take(JSON.parse(line));
    verifier.finish();
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

const withAnchor = () => ["--key", key, "--anchor", join(folder, "anchor")];

describe("a log as it was signed", () => {
  it("is found good by all, from the first key over the next, and against what is remembered", async () => {
    expect(await verifyAudit(systemCtx(), { notes })).toEqual({ ok: true, entries: size, signed: size, compared: 2, firstBad: null, archived: [] }); // prettier-ignore
    expect(await verifyAudit(systemCtx(), { from: 300, to: 600, notes })).toMatchObject({ ok: true, compared: 2 });
    const bundle = await makeBundle();
    expect(runOurs(bundle)).toBe("");
    const { code, said } = runTool(bundle, ...withAnchor());
    expect([code, said]).toEqual([0, expect.stringContaining(`${size} entries, all from 0 to ${size - 1}, are as they were signed`)]); // prettier-ignore
    expect(said).toContain("2 of 2 checkpoints");
  });
});

const LEAF = "leaf = sha256('\\x00'::bytea || convert_to(body, 'UTF8'))";
const BAD = 302;
/**
 * What is done; what the database's verifier names; what both verifiers of bundles name (null: bundles do not hold it). An
 * entry that is put in moves all after it, also those at the edge of the tree: then the first part of a bundle already does not fit.
 */
const MUTATIONS: [string, string[], number, number | "none can be made" | null][] = [
  ["flip a byte", [`UPDATE audit_entry SET body = overlay(body placing 'X' from 30) WHERE idx = ${BAD}`], BAD, BAD],
  ["flip a byte, leaf to match", [`UPDATE audit_entry SET body = replace(body, 'CI', 'XX') WHERE idx = ${BAD}`, `UPDATE audit_entry SET ${LEAF} WHERE idx = ${BAD}`], BAD, BAD],
  ["swap two entries", [`UPDATE audit_entry SET idx = -1 WHERE idx = ${BAD}`, `UPDATE audit_entry SET idx = ${BAD} WHERE idx = ${BAD + 50}`, `UPDATE audit_entry SET idx = ${BAD + 50} WHERE idx = -1`], BAD, BAD],
  ["delete", [`DELETE FROM audit_entry WHERE idx = ${BAD}`], BAD, BAD],
  ["insert", [`UPDATE audit_entry SET idx = -idx WHERE idx >= ${BAD}`, "UPDATE audit_entry SET idx = 1 - idx WHERE idx < 0", `INSERT INTO audit_entry SELECT (jsonb_populate_record(e, jsonb_build_object('idx', ${BAD}, 'id', gen_random_uuid()))).* FROM audit_entry e WHERE idx = 5`], BAD, 0],
  ["truncate the tail", [`DELETE FROM audit_entry WHERE idx >= 900`], 900, "none can be made"],
  ["truncate the tail and the counter", [`DELETE FROM audit_entry WHERE idx >= 900`, "UPDATE audit_head SET next = 900"], 900, "none can be made"],
  ["drop a partition", [`DELETE FROM audit_entry WHERE idx BETWEEN ${BAD} AND 800`], BAD, BAD],
  ["change a tile", [`UPDATE audit_tile SET hashes = overlay(hashes placing sha256('') from ${32 * (BAD - 256) + 1}) WHERE level = 0 AND index = 1`], BAD, 256],
  ["change an index column", [`UPDATE audit_entry SET ip = '192.0.2.1' WHERE idx = ${BAD}`], BAD, null],
  ["wrong key", ["UPDATE audit_signer SET public_key = sha256(public_key)"], 0, 0],
]; // prettier-ignore

describe("by a superuser", () => {
  it.each(MUTATIONS)("%s: named by its first bad index", async (_what, statements, inDatabase, inBundle) => {
    await tamper(...statements);
    try {
      expect(await verifyAudit(systemCtx(), { notes })).toMatchObject({ ok: false, firstBad: { index: inDatabase } });
      if (inBundle === "none can be made") return await expect(makeBundle()).rejects.toThrow("is missing");
      const bundle = await makeBundle();
      const { code, said } = runTool(bundle, ...withAnchor());
      if (inBundle === null) return expect([code, runOurs(bundle)]).toEqual([0, ""]);
      expect([code, said]).toEqual([1, expect.stringMatching(new RegExp(`(Entry|index) ${inBundle}\\b`))]);
      expect(runOurs(bundle)).toContain(`entry ${inBundle}:`);
    } finally {
      await restore();
    }
  });

  it("an old checkpoint in the place of the newest is named by the anchor, where the log was cut off with it", async () => {
    const early = Number(/\n(\d+)\n/.exec(notes[0] ?? "")?.[1]);
    await tamper(`DELETE FROM audit_checkpoint WHERE size > ${early}`, `DELETE FROM audit_entry WHERE idx >= ${early}`, `DELETE FROM audit_tile WHERE ("index" + 1) * 256 > ${early}`);
    await tamper(`UPDATE audit_head SET next = ${early}`);
    try {
      expect(await verifyAudit(systemCtx(), {})).toMatchObject({ ok: true });
      expect(await verifyAudit(systemCtx(), { notes })).toMatchObject({ ok: false, firstBad: { index: early } });
      const bundle = await makeBundle();
      expect(runOurs(bundle)).toBe("");
      expect(runTool(bundle, ...withAnchor())).toMatchObject({ code: 1, said: expect.stringContaining(`Entry ${early}: it is missing`) });
    } finally {
      await restore();
    }
  }); // prettier-ignore

  it.each([["the right key", false], ["another key", true]])("a whole history written anew and signed with %s is named by the anchor", async (_what, otherKey) => {
    await tamper("DELETE FROM audit_tile", "DELETE FROM audit_checkpoint", `UPDATE audit_entry SET body = replace(body, 'CI', 'XX') WHERE idx = ${BAD}`);
    await tamper(`UPDATE audit_entry SET target_id = target_id, ${LEAF} WHERE idx = ${BAD}`);
    if (otherKey) await tamper("DELETE FROM audit_signer");
    try {
      await signLog();
      expect(await verifyAudit(systemCtx(), {})).toMatchObject({ ok: true });
      expect(await verifyAudit(systemCtx(), { notes })).toMatchObject({ ok: false, firstBad: { index: 0 } });
      const bundle = await makeBundle();
      // The old key cannot sign again what both keys signed when it was replaced: its private part is gone.
      expect(runOurs(bundle)).toContain(otherKey ? "" : "not signed by the log's key");
      expect(runTool(bundle).code).toBe(otherKey ? 0 : 1);
      expect(runTool(bundle, "--anchor", join(folder, "anchor")).code).toBe(1);
    } finally {
      await restore();
    }
  }); // prettier-ignore
});

describe("in a bundle itself", () => {
  it("anything that is changed, taken out, put in, moved or cut off is named by both", async () => {
    const lines = (await makeBundle()).trim().split("\n");
    const at = lines.findIndex((line) => line.startsWith(`{"index":${BAD},`));
    const [one, two] = [lines[at] ?? "", lines[at + 1] ?? ""];
    const changed: [string[], number][] = [
      [lines.with(at, one.replace("CI", "XX")), BAD],
      [lines.toSpliced(at, 1), BAD],
      [lines.toSpliced(at, 0, lines[at - 1] ?? ""), BAD - 1],
      [lines.toSpliced(at, 2, two, one), BAD],
      [lines.slice(0, at), BAD],
      [lines.with(at, "{"), BAD],
    ];
    for (const [bundle, index] of changed) {
      const text = `${bundle.join("\n")}\n`;
      expect(runTool(text)).toMatchObject({ code: 1, said: expect.stringContaining(`Entry ${index}:`) });
      if (!bundle.includes("{")) expect(runOurs(text)).toContain(`entry ${index}:`);
    }
    expect(readFileSync(TOOL, "utf8")).not.toMatch(/from "(?!node:)/);
  });
});
