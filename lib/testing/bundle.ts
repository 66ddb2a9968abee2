import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { BundleVerifier } from "@/lib/audit/bundle/verify";
import { exportAudit } from "@/lib/audit/export";
import { exportAuditSchema } from "@/lib/audit/schema";
import { systemCtx } from "./ctx";

/** The whole log as an export: whatever form it has, what was read to its end. */
export async function exportAll(format: "csv" | "ndjson" | "bundle", filter: object = {}): Promise<string> {
  const { chunks } = await exportAudit(systemCtx(), exportAuditSchema.parse({ ...filter, format }));
  let text = "";
  for await (const chunk of chunks) text += chunk;
  return text;
}

/** Checks a bundle by our own verifier and by the tool that has none of our code. Throws where either finds a fault. */
export function checkBundle(bundle: string): { entries: number } {
  const [first = "", ...lines] = bundle.trim().split("\n");
  const verifier = new BundleVerifier(JSON.parse(first));
  for (const line of lines) verifier.take(JSON.parse(line));
  const { entries } = verifier.finish();
  const folder = mkdtempSync(join(tmpdir(), "gatehouse-bundle-"));
  try {
    const file = join(folder, "bundle");
    writeFileSync(file, bundle);
    execFileSync(process.execPath, [resolve("tools/verify-audit.mjs"), file], { stdio: "pipe" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { entries };
}
