import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { verifyBundleFile } from "@/lib/audit/bundle/file";
import { setRetention } from "@/lib/audit/retention/policy";
import { RETENTION_STEPS } from "@/lib/audit/retention/retain";
import { verifyAudit } from "@/lib/audit/verify";
import { pool } from "@/lib/db";
import { signLog } from "@/lib/testing/audit-log";
import { systemCtx } from "@/lib/testing/ctx";
import { entriesSince, useTestDatabase } from "@/lib/testing/database";
import { agedPartition, catchUp } from "@/lib/testing/retention";

useTestDatabase();
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = join(root, `node_modules/.cache/gatehouse-retention-${process.pid}.mjs`);
const folder = mkdtempSync(join(tmpdir(), "gatehouse-archive-"));

// A process that does rounds of retention, and is killed where it is told to: after a step, or at the first byte of an archive.
const SOURCE = `
  import { appendFileSync } from "node:fs";
  import pg from "pg";
  import { retainRound } from "@/lib/audit/retention/retain";
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  const { DIE_AFTER, FOLDER } = process.env;
  const after = (step) => { if (step === DIE_AFTER) process.kill(process.pid, "SIGKILL"); };
  if (DIE_AFTER === "begin") setInterval(() => { import("node:fs").then(({ readdirSync }) =>
    readdirSync(FOLDER).some((name) => name.endsWith(".partial")) && process.kill(process.pid, "SIGKILL")); }, 0);
  for (let nth = 0; nth < 2; nth++) await retainRound(client, { folder: FOLDER, signedWithinMs: 0, dropAfterMs: 0, after });
  await client.end();
  process.exit(0);
`;

beforeAll(async () => {
  mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
  await build({
    stdin: { contents: SOURCE, resolveDir: root, loader: "ts" },
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    alias: { "@": root.replace(/\/$/, ""), "server-only": join(root, "lib/testing/server-only.ts") },
  });
  await setRetention(systemCtx(), { days: 90 });
});
afterAll(() => {
  rmSync(program, { force: true });
  rmSync(folder, { recursive: true, force: true });
});

/** Runs it, and tells how it ended. */
function run(dieAfter?: string): Promise<string> {
  const env = { ...process.env, FOLDER: folder, DIE_AFTER: dieAfter ?? "" };
  const child = spawn(process.execPath, [program], { cwd: root, env, stdio: ["ignore", "ignore", "inherit"] });
  return new Promise((done) => child.once("exit", (code, signal) => done(signal ?? String(code))));
}

const state = async (name: string) =>
  (
    await pool().query<{ state: string; there: boolean; file: string | null; last: number; first: number }>(
      `SELECT state, to_regclass(name) IS NOT NULL AS there, archive_file AS file, first_idx::float8 AS first, last_idx::float8 AS last
       FROM audit_partition WHERE name = $1`,
      [name],
    )
  ).rows[0];

/** As often as the keeper would come back, with the integrator beside it. */
async function untilDropped(name: string): Promise<void> {
  for (let nth = 0; nth < 6 && (await state(name))?.there; nth++) {
    await signLog();
    expect(await run()).toBe("0");
  }
}

it.each(["begin", ...RETENTION_STEPS])(
  "loses nothing and does nothing twice where the process is killed after: %s",
  async (step) => {
    const name = await agedPartition(400);
    await catchUp();
    const archivesBefore = readdirSync(folder).filter((one) => one.endsWith(".zst")).length;
    for (let nth = 0, ended = ""; ended !== "SIGKILL"; nth++) {
      expect(nth).toBeLessThan(6);
      ended = await run(step);
      // Whenever it died: what is not dropped is still there, what is dropped is in an archive.
      const now = await state(name);
      expect(now?.state === "detached" ? now.file : (now?.there ?? false)).toBeTruthy();
      await signLog();
      expect(await verifyAudit(systemCtx(), {})).toMatchObject({ ok: true });
    }
    await untilDropped(name);
    const after = await state(name);
    expect(after).toMatchObject({ state: "detached", there: false });
    const archives = readdirSync(folder);
    expect(archives.filter((one) => one.endsWith(".partial"))).toEqual([]);
    expect(archives).toHaveLength(archivesBefore + 1);
    expect(await verifyBundleFile(join(folder, after?.file ?? ""))).toMatchObject({
      ...{ complete: true, from: after?.first, to: (after?.last ?? 0) + 1 },
    });
    const records = (await entriesSince()).filter(({ action, targetId }) => action === "audit.retain" && targetId === name);
    expect(records).toHaveLength(1);
    expect(await verifyAudit(systemCtx(), {})).toMatchObject({ ok: true });
  },
); // prettier-ignore
