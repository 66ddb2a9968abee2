import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import zlib from "node:zlib";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { signLog, withClient } from "@/lib/testing/audit-log";
import { useTestDatabase } from "@/lib/testing/database";
import { agedPartition, catchUp } from "@/lib/testing/retention";
import { RETENTION_JOB } from "@/lib/audit/retention/policy";
import { jobLock } from "@/lib/job-lock";
import { audit } from "./run-command";

useTestDatabase();
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), "gatehouse-archive-"));
beforeAll(() => {
  process.env.GATEHOUSE_AUDIT_ARCHIVE = folder;
});
afterAll(() => {
  delete process.env.GATEHOUSE_AUDIT_ARCHIVE;
  rmSync(folder, { recursive: true, force: true });
});

it("says how long the log is kept, holds a time of it, archives what is due, and verifies the archive", async () => {
  const name = await agedPartition(300);
  await catchUp();
  await expect(audit("retention", "--days", "7")).rejects.toThrow();
  expect((await audit("retention", "--days", "90")).text).toBe("The log is kept for 90 days.");
  const hold = await audit("hold", "--to", "2100-01-01T00:00:00Z", "--reason", "Case 4711");
  expect((await audit("retain", "--dry-run")).text).toMatch(new RegExp(`${name} +\\d+ +held`));
  await audit("release", hold.text, "--reason", "over");
  expect((await audit("holds")).json).toEqual({ items: [] });
  expect((await audit("holds", "--all")).text).toContain("Case 4711");
  const dry = await audit("retain", "--dry-run");
  expect([dry.note, (await audit("partitions")).text]).toEqual(["1 are due.", expect.stringContaining("closed")]);

  // A keeper that runs has the job's lock, and does it itself.
  await withClient(async (keeper) => {
    expect(await jobLock(keeper, RETENTION_JOB)).toBe(true);
    expect((await audit("retain")).note).toContain("A keeper runs");
  });
  const retaining = audit("retain");
  const signing = setInterval(() => void signLog(), 1000);
  expect((await retaining.finally(() => clearInterval(signing))).json).toEqual({ archived: 1 });
  await signLog();

  const { items } = (await audit("partitions")).json as { items: { state: string; archive: { file: string } | null }[] };
  const file = join(folder, items.find(({ state }) => state === "archived")?.archive?.file ?? "");
  expect((await audit("verify", "--file", file)).text).toMatch(/entries, all as they were signed/);
  expect((await audit("verify")).text).toMatch(/all as they were recorded.* Entries 0 to \d+ are in audit-/);
  expect((await audit("search", "action:audit.retain")).note).toContain("are in archives, and were not searched");
  writeFileSync(file, readFileSync(file).subarray(0, 5000));
  expect(await audit("verify", "--file", file)).toMatchObject({ bad: true, text: expect.stringMatching(/^Entry \d+ is not as it was recorded/) as string });
}); // prettier-ignore

it("is told by the tool without our code to decompress an archive first, where its Node cannot read it", () => {
  const file = join(folder, "some.ndjson.zst");
  writeFileSync(file, "");
  const tool = () => execFileSync(process.execPath, [resolve("tools/verify-audit.mjs"), file], { stdio: "pipe" });
  const canRead = "createZstdDecompress" in zlib;
  expect(tool).toThrow(canRead ? /empty/ : /22\.15.*zstd -d/);
});
