import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { LeafSpan } from "@/lib/audit/proof/leaves";
import { verifyAudit } from "@/lib/audit/verify";
import { env } from "@/lib/env";
import { fillLog, signLog, tamper } from "@/lib/testing/audit-log";
import { systemCtx } from "@/lib/testing/ctx";
import { useTestDatabase } from "@/lib/testing/database";
import { Checkers } from "./checkers";

useTestDatabase();
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const root = fileURLToPath(new URL("../..", import.meta.url));
const script = join(root, `node_modules/.cache/gatehouse-checker-${process.pid}.mjs`);
const ENTRIES = 40_000;

beforeAll(async () => {
  mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
  await build({
    entryPoints: [join(root, "server/audit-checker/main.ts")],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    alias: { "@": root.replace(/\/$/, ""), "server-only": join(root, "lib/testing/server-only.ts") },
  });
  for (let at = 0; at < ENTRIES; at += 5000) await fillLog(5000);
  await signLog();
});
afterAll(() => rmSync(script, { force: true }));

/** Verifies with threads, and says how many spans they had. */
async function verifyInThreads() {
  let spans = 0;
  const looker = (snapshot: string, given: readonly LeafSpan[]) => {
    spans = given.length;
    return new Checkers(pathToFileURL(script), { url: env().DATABASE_URL ?? "", snapshot }, given);
  };
  return { found: await verifyAudit(systemCtx(), { looker }), spans };
}

describe("threads that look at the log side by side", () => {
  it("find what one alone finds: all good, and every entry counted once", async () => {
    const { found, spans } = await verifyInThreads();
    expect(spans).toBeGreaterThan(2);
    expect(found).toEqual(await verifyAudit(systemCtx(), {}));
    expect(found).toMatchObject({ ok: true, firstBad: null });
    expect(found.entries).toBeGreaterThanOrEqual(ENTRIES);
  });

  it.each([0, 16_383, 16_384, 33_000])("name entry %d, the first of two that were changed", async (index) => {
    await tamper(`UPDATE audit_entry SET body = replace(body, '"v":', '"w":') WHERE idx IN (${index}, 39000)`);
    const { found } = await verifyInThreads();
    expect(found.firstBad).toEqual({ index, fault: "its hash does not match its body" });
    expect(found.entries).toBe(index);
    await tamper(`UPDATE audit_entry SET body = replace(body, '"w":', '"v":') WHERE idx IN (${index}, 39000)`);
  });

  it("end the check where they cannot look: it never passes for want of an answer", async () => {
    const looker = (snapshot: string, spans: readonly LeafSpan[]) =>
      new Checkers(pathToFileURL(script), { url: "postgresql://nobody@127.0.0.1:1/none", snapshot }, spans);
    await expect(verifyAudit(systemCtx(), { looker })).rejects.toThrow();
  });
});
