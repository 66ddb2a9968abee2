import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { getRetention, RETENTION_JOB, setRetention } from "@/lib/audit/retention/policy";
import { db, pool } from "@/lib/db";
import { log } from "@/lib/log";
import { systemCtx } from "@/lib/testing/ctx";
import { useTestDatabase } from "@/lib/testing/database";
import { agedPartition, catchUp } from "@/lib/testing/retention";
import { retention } from "./retention";

useTestDatabase();
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), "gatehouse-archive-"));
const disk = vi.hoisted(() => ({ isFull: false }));

// A disk that is full after the first bytes of a file.
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  const open: typeof real.open = async (...args) => {
    const handle = await real.open(...args);
    const write = handle.appendFile.bind(handle);
    handle.appendFile = async (data, options) => {
      await write(data, options);
      if (disk.isFull) throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    };
    return handle;
  };
  return { ...real, open };
});

beforeAll(() => {
  process.env.GATEHOUSE_AUDIT_ARCHIVE = folder;
});
afterAll(() => {
  delete process.env.GATEHOUSE_AUDIT_ARCHIVE;
  rmSync(folder, { recursive: true, force: true });
});

it("says plainly that the disk is full, in its log and where the console looks, and drops nothing; it goes on when there is room", async () => {
  const name = await agedPartition(300);
  await catchUp();
  await setRetention(systemCtx(), { days: 90 });
  const kept = async () => (await pool().query("SELECT FROM audit_entry WHERE idx < 300")).rowCount;
  const before = await kept();
  const said = vi.spyOn(log, "error").mockImplementation(() => undefined);
  disk.isFull = true;
  const job = retention().start();
  const state = () => getRetention(systemCtx());
  await vi.waitFor(async () => expect((await state()).fault).toMatch(/was not written: the disk is full \(ENOSPC\)\. Nothing is dropped/), 20_000); // prettier-ignore
  expect(said.mock.calls.flat()).toContainEqual(expect.objectContaining({ job: RETENTION_JOB }));
  expect([await kept(), readdirSync(folder)]).toEqual([before, []]);
  disk.isFull = false;
  await vi.waitFor(async () => expect((await db().auditPartition.findUniqueOrThrow({ where: { name } })).archiveFile).not.toBeNull(), 20_000); // prettier-ignore
  await job.stop();
  said.mockRestore();
  expect(readdirSync(folder)).toHaveLength(1);
});
