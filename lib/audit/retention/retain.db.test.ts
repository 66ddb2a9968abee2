import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { pool } from "@/lib/db";
import { fillLog, signLog, tamper, withClient } from "@/lib/testing/audit-log";
import { systemCtx } from "@/lib/testing/ctx";
import { entriesSince, useTestDatabase } from "@/lib/testing/database";
import { agedPartition, catchUp } from "@/lib/testing/retention";
import { makeSink } from "@/lib/testing/sinks";
import { decompressed } from "../archive/zstd";
import { bundleLines, entriesOf } from "../bundle/make";
import { BundleVerifier } from "../bundle/verify";
import { verifyBundleFile } from "../bundle/file";
import { BLOCK } from "../storage/blocks";
import { deleteSink } from "../sinks/delete";
import { pauseSink } from "../sinks/pause";
import { proofOfEntry } from "../proof/read";
import { searchAuditSchema } from "../schema";
import { getEntry, searchAuditPatiently } from "../search";
import { hashFromBase64, hashToBase64, leafHashOf } from "../tree/hash";
import { rootOfInclusion } from "../tree/proof";
import { newestCheckpoint } from "../tree/store";
import { verifyAudit } from "../verify";
import { detachPartition } from "./drop";
import { readCandidates } from "./due";
import { listHolds, placeHold, releaseHold } from "./holds";
import { listPartitions } from "./list";
import { getRetention, setRetention } from "./policy";
import { retainRound, type RetentionOptions } from "./retain";

useTestDatabase();
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const TOOL = resolve("tools/verify-audit.mjs");
const folder = mkdtempSync(join(tmpdir(), "gatehouse-archive-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const round = (more: Partial<RetentionOptions> = {}) =>
  withClient((client) => retainRound(client, { folder, signedWithinMs: 0, dropAfterMs: 0, ...more }));

/** Rounds until nothing is left to do, with the integrator beside them. */
async function retainAll(): Promise<void> {
  for (let nth = 0; nth < 20; nth++) {
    const said = await round();
    await signLog();
    if (said === "done" && (await round()) === "done") return;
  }
  throw new Error("retention does not come to an end");
}

const archives = () => readdirSync(folder).sort();
const waitsOf = async (name: string) =>
  (await readCandidates(pool(), Date.now())).find((one) => one.name === name)?.waitsFor;
const kept = async () =>
  (await pool().query<{ count: number; first: number | null }>("SELECT count(*)::int AS count, min(idx)::float8 AS first FROM audit_entry")).rows[0]; // prettier-ignore
const partition = async (name: string) =>
  (await listPartitions(systemCtx(), { limit: 200 })).items.find((one) => one.name === name);

async function wholeBundle(): Promise<string> {
  const checkpoint = await newestCheckpoint(pool());
  if (!checkpoint) throw new Error("nothing was signed");
  const selection = { from: 0, to: checkpoint.size, complete: true };
  let made = "";
  for await (const line of bundleLines(pool(), checkpoint, selection, entriesOf(pool(), selection))) made += line;
  return made;
}

function runTool(content: string): { code: number; said: string } {
  const file = join(folder, "..", `gatehouse-plain-${process.pid}.ndjson`);
  writeFileSync(file, content);
  try {
    return { code: 0, said: execFileSync(process.execPath, [TOOL, file], { encoding: "utf8", stdio: "pipe" }) };
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: string };
    return { code: status, said: stderr };
  } finally {
    rmSync(file, { force: true });
  }
}

const unpacked = (name: string) => text(decompressed(Readable.from([readFileSync(join(folder, name))])));

describe("a partition that the policy no longer keeps", () => {
  let first: string;
  beforeAll(async () => {
    first = await agedPartition(700);
    await fillLog(600);
    await catchUp();
  });

  it("stays as long as no policy says otherwise, and while the archive has no folder", async () => {
    expect(await waitsOf(first)).toBe("policy");
    expect(await round()).toBe("done");
    await setRetention(systemCtx(), { days: 90 });
    expect(await waitsOf(first)).toBeNull();
    expect(await round({ folder: undefined })).toBe("done");
    expect(await getRetention(systemCtx())).toMatchObject({ days: 90, hasFolder: false, fault: null });
    expect(archives()).toEqual([]);
    await setRetention(systemCtx(), { days: 120 });
    expect(await waitsOf(first)).toBe("age");
    await setRetention(systemCtx(), { days: 90 });
  });

  it("stays while a sink has not got all of it, also one that is paused", async () => {
    const sink = await makeSink("webhook", { url: "http://127.0.0.1:9" }, { from: "start" });
    expect(await waitsOf(first)).toBe("sink");
    await pauseSink(systemCtx(), { sinkId: sink.id });
    expect(await round()).toBe("done");
    expect((await partition(first))?.waitsFor).toBe("sink");
    await deleteSink(systemCtx(), { sinkId: sink.id });
    expect(await waitsOf(first)).toBeNull();
  });

  it("stays while it is held, whatever the policy says, and goes when that is released", async () => {
    const hold = await placeHold(systemCtx(), { partition: first, reason: "Case 4711" });
    expect(await waitsOf(first)).toBe("hold");
    expect(await round()).toBe("done");
    expect(await partition(first)).toMatchObject({ state: "held", holds: [hold.id], waitsFor: "hold" });
    expect((await listHolds(systemCtx(), { released: false })).items).toMatchObject([{ id: hold.id, reason: "Case 4711" }]);
    await releaseHold(systemCtx(), { holdId: hold.id, reason: "The case is closed" });
    expect(await waitsOf(first)).toBeNull();
    expect((await partition(first))?.state).toBe("closed");
  }); // prettier-ignore

  it("is dropped only when its archive was verified, and the entry that says so is signed", async () => {
    const steps: string[] = [];
    const after = (step: string) => void steps.push(step);
    expect(await round({ after })).toBe("done"); // the record waits for its signature
    expect(steps).toEqual(["export", "verify", "record"]);
    expect((await kept())?.first).toBe(0);
    await signLog();
    expect(await round({ after })).toBe("more");
    expect(await round({ after })).toBe("done");
    expect(steps).toEqual(["export", "verify", "record", "detach", "drop"]);
    const { rows } = await pool().query<{ there: string | null }>("SELECT to_regclass($1) AS there", [first]);
    expect(rows[0]?.there).toBeNull();
    const found = await partition(first);
    expect(found).toMatchObject({ state: "archived", firstIndex: 0, entries: found && (found.lastIndex ?? 0) + 1, bytes: null }); // prettier-ignore
    const [file = ""] = archives();
    expect(file).toBe(found?.archive?.file);
    const entries = (await entriesSince()).filter(({ action }) => action === "audit.retain");
    expect(entries).toMatchObject([
      {
        outcome: "success",
        targetId: first,
        body: {
          actor: { kind: "system" },
          details: { file, sha256: found?.archive?.sha256, firstIndex: 0, lastIndex: found?.lastIndex },
        },
      },
    ]);
  });

  it("leaves no word of a dropped entry in what is noted for searches, and keeps what is noted of the others", async () => {
    const { rows } = await pool().query<{ table: string; first: number }>(
      `SELECT 'block' AS table, min(first_idx)::float8 AS first FROM audit_block UNION ALL SELECT 'gram', min(first_idx)::float8 FROM audit_gram`,
    );
    const gone = ((await partition(first))?.lastIndex ?? 0) + 1;
    // A block that goes over the end of the partition has entries that are here.
    expect(rows).toEqual(["block", "gram"].map((table) => ({ table, first: Math.floor(gone / BLOCK) * BLOCK })));
  });

  it("verifies in its archive without anything outside it: here, and by the tool that has none of our code", async () => {
    const [file = ""] = archives();
    const found = await partition(first);
    expect(await verifyBundleFile(join(folder, file))).toMatchObject({
      ...{ complete: true, from: 0, to: (found?.lastIndex ?? 0) + 1, entries: found?.entries, sha256: found?.archive?.sha256 },
    });
    const plain = await unpacked(file);
    expect(runTool(plain)).toMatchObject({ code: 0 });
    expect(plain).toMatch(/\n\{"index":0,"recordedAt":"\d{4}-[^"]*Z","body":/);
    const changed = plain
      .split("\n")
      .map((line) => (line.startsWith('{"index":20,') ? line.replace("ünïcode", "unicode") : line))
      .join("\n");
    expect(changed).not.toBe(plain);
    expect(runTool(changed)).toMatchObject({ code: 1, said: expect.stringMatching(/^Entry 20: it is not what was signed/) as string });
  }); // prettier-ignore

  it("leaves a log that verifies whole, names what is archived, and still proves that", async () => {
    await signLog();
    const found = await partition(first);
    const span = { from: 0, to: (found?.lastIndex ?? 0) + 1 };
    expect(await verifyAudit(systemCtx(), {})).toMatchObject({
      ok: true,
      firstBad: null,
      archived: [{ ...span, file: found?.archive?.file }],
    });
    const bundle = await wholeBundle();
    const [header = "", ...lines] = bundle.trim().split("\n");
    const verifier = new BundleVerifier(JSON.parse(header));
    for (const line of lines) verifier.take(JSON.parse(line));
    expect(verifier.finish().archived).toEqual([span]);
    const { code, said } = runTool(bundle);
    expect([code, said]).toEqual([0, expect.stringContaining(`Entries 0 to ${span.to - 1} are in the archive ${found?.archive?.file}`)]); // prettier-ignore
    // A bundle that says more is in the archive than the signed entry does hides nothing.
    const lying = bundle.replace(`"archived":[{"from":0,"to":${span.to}`, `"archived":[{"from":0,"to":${span.to + 9}`);
    expect(runTool(lying)).toMatchObject({
      code: 1,
      said: expect.stringContaining("no signed entry says so") as string,
    });
    expect(() => new BundleVerifier(JSON.parse(lying.split("\n")[0] ?? ""))).toThrow("no signed entry says so");
  });

  it("is said to be archived by whoever searches, opens or asks for a proof; and inclusion is still proved", async () => {
    const found = await partition(first);
    const last = found?.lastIndex ?? 0;
    const search = (more: object) => searchAuditPatiently(systemCtx(), searchAuditSchema.parse({ limit: 200, ...more }));
    const to = found?.to;
    expect((await search({ q: 'tool:close_ticket index:0..5' })).archived).toEqual({ from: found?.from, to, entries: last + 1 });
    expect((await search({ to: new Date(Date.parse(to ?? "") - 7_200_000).toISOString() })).archived).toMatchObject({ to });
    expect((await search({ from: new Date(Date.parse(to ?? "") + 7_200_000).toISOString() })).archived).toBeUndefined();
    await expect(getEntry(systemCtx(), { id: "5" })).rejects.toMatchObject({ code: "entry_archived", detail: expect.stringContaining(found?.archive?.file ?? "-") as string });
    await expect(getEntry(systemCtx(), { id: String(1e9) })).rejects.toMatchObject({ code: "entry_not_found" });
    const proof = await proofOfEntry(systemCtx(), { id: "5" });
    expect(proof).toMatchObject({ index: 5, state: "archived", fault: null });
    const entry = (await unpacked(archives()[0] ?? "")).split("\n").find((line) => line.startsWith('{"index":5,')) ?? "{}";
    const leaf = leafHashOf(Buffer.from(`\0${(JSON.parse(entry) as { body: string }).body}`));
    expect(hashToBase64(leaf)).toBe(proof.leaf);
    const path = (proof.proof ?? []).map((hash) => hashFromBase64(hash) ?? "");
    const root = rootOfInclusion(5, proof.checkpoint?.size ?? 0, leaf, path);
    expect(hashToBase64(root ?? "")).toBe(proof.checkpoint?.root);
    await expect(proofOfEntry(systemCtx(), { id: "999999999" })).rejects.toMatchObject({ code: "entry_not_found" });
  }); // prettier-ignore

  it("is caught where somebody drops one and says it was archived", async () => {
    const next = await agedPartition(300, 60);
    await catchUp();
    const row = (await partition(next)) ?? { firstIndex: 0, lastIndex: 0 };
    const said = `SELECT retain_idx, retain_body, archive_sha256, archive_file, retain_id FROM audit_partition WHERE name = '${first}'`;
    const { rows } = await pool().query<{ bound: string }>(
      "SELECT pg_get_expr(relpartbound, oid) AS bound FROM pg_class WHERE relname = $1",
      [next],
    );
    await tamper(`ALTER TABLE audit_entry DETACH PARTITION ${next}`);
    expect(await verifyAudit(systemCtx(), {})).toMatchObject({
      ok: false,
      firstBad: { index: row.firstIndex, fault: "it is missing" },
    });
    await tamper(
      `UPDATE audit_partition SET state = 'detached', detached_at = now(), (retain_idx, retain_body, archive_sha256, archive_file, retain_id) = (${said}) WHERE name = '${next}'`,
    );
    expect(await verifyAudit(systemCtx(), {})).toMatchObject({
      ok: false,
      firstBad: { index: row.firstIndex, fault: "it was dropped, and no signed entry says that it was archived before" },
    });
    const forged = `replace(replace(retain_body, '"firstIndex":0', '"firstIndex":${row.firstIndex}'), '"lastIndex":${(await partition(first))?.lastIndex}', '"lastIndex":${row.lastIndex}')`;
    await tamper(`UPDATE audit_partition SET retain_body = ${forged} WHERE name = '${next}'`);
    expect(await verifyAudit(systemCtx(), {})).toMatchObject({ ok: false, firstBad: { index: row.firstIndex } });
    await tamper(
      `ALTER TABLE audit_entry ATTACH PARTITION ${next} ${rows[0]?.bound}`,
      `UPDATE audit_partition SET state = 'closed', (detached_at, retain_idx, retain_body, archive_sha256, archive_file, retain_id) = (SELECT NULL::timestamptz, NULL::bigint, NULL, NULL, NULL, NULL::uuid) WHERE name = '${next}'`,
    );
    expect(await verifyAudit(systemCtx(), {})).toMatchObject({ ok: true });
  }); // prettier-ignore

  it("is caught where entries still stand in the log that are said to be archived", async () => {
    const row = await partition(first);
    await tamper(`UPDATE audit_partition SET last_idx = last_idx + 2 WHERE name = '${first}'`);
    expect(await verifyAudit(systemCtx(), {})).toMatchObject({ ok: false, firstBad: { index: 0 } });
    await tamper(
      `UPDATE audit_partition SET last_idx = last_idx - 2 WHERE name = '${first}'`,
      `CREATE TABLE back AS SELECT * FROM audit_entry WHERE idx = ${(row?.lastIndex ?? 0) + 1}`,
      `UPDATE back SET idx = 5, id = gen_random_uuid(), recorded_at = now()`,
      `INSERT INTO audit_entry SELECT * FROM back`,
    );
    expect(await verifyAudit(systemCtx(), {})).toMatchObject({
      ok: false,
      firstBad: { index: 5, fault: "it stands in the log, which says that it was archived" },
    });
    await tamper("DELETE FROM audit_entry WHERE idx = 5");
    expect(await verifyAudit(systemCtx(), {})).toMatchObject({ ok: true });
  });
});

describe("an archive", () => {
  it("that was changed after it was verified is found before anything is dropped, and by whoever verifies the file", async () => {
    const name = await agedPartition(400);
    await catchUp();
    expect(await round()).toBe("done");
    const file = join(folder, (await partition(name))?.archive?.file ?? "");
    const good = readFileSync(file);
    const changed = Buffer.from(good);
    changed[Math.floor(changed.length / 2)]! ^= 0x40;
    await signLog();
    for (const content of [changed, good.subarray(0, good.length - 2000)]) {
      writeFileSync(file, content);
      await expect(round()).rejects.toThrow(/does not verify.*Nothing is dropped/);
      await expect(verifyBundleFile(file)).rejects.toThrow(/^entry \d+: /);
      expect((await partition(name))?.state).toBe("closed");
    }
    writeFileSync(file, good);
    await retainAll();
    expect((await partition(name))?.state).toBe("archived");
    expect(await verifyAudit(systemCtx(), {})).toMatchObject({ ok: true });
  });

  it("that is gone before its partition was dropped is made anew, and recorded anew", async () => {
    const name = await agedPartition(300);
    await catchUp();
    await round();
    rmSync(join(folder, (await partition(name))?.archive?.file ?? ""));
    await retainAll();
    const records = (await entriesSince()).filter(({ action, targetId }) => action === "audit.retain" && targetId === name);
    expect(records).toHaveLength(2);
    expect((await partition(name))?.archive?.sha256).toBe((records[1]?.body.details as { sha256: string }).sha256);
    expect(await verifyAudit(systemCtx(), {})).toMatchObject({ ok: true });
  }); // prettier-ignore

  it("goes nowhere where the folder is not one, and the reason is plain; nothing is dropped", async () => {
    const name = await agedPartition(300);
    await catchUp();
    const before = await kept();
    await expect(round({ folder: join(folder, "nowhere") })).rejects.toThrow(/was not written: .*ENOENT.*Nothing is dropped/); // prettier-ignore
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    await expect(round({ folder: file })).rejects.toThrow(/was not written: .*ENOTDIR/);
    expect([await kept(), (await partition(name))?.state]).toEqual([before, "closed"]);
    rmSync(file);
    await retainAll();
  });
});

describe("a partition without entries", () => {
  it("goes without an archive, and nothing is missing", async () => {
    await agedPartition(10);
    const name = await agedPartition(0);
    await catchUp();
    const before = archives();
    expect(await partition(name)).toMatchObject({ entries: 0, waitsFor: null });
    await retainAll();
    expect(await partition(name)).toMatchObject({ state: "archived", archive: null });
    expect(archives()).toHaveLength(before.length + 1);
    expect(await verifyAudit(systemCtx(), {})).toMatchObject({ ok: true });
  });
});

describe("a hold", () => {
  it("that comes while a partition is being dropped is waited for, and kept", async () => {
    const name = await agedPartition(300);
    await catchUp();
    await round();
    await signLog();
    const entryId = (await partition(name))?.archive?.entryId ?? "";
    const row = await partition(name);
    await withClient(async (holder) => {
      await holder.query("BEGIN");
      await holder.query(
        "INSERT INTO audit_hold (id, from_at, to_at, reason, held_at, held_by) VALUES ('hld_race', $1, $2, 'race', now(), 'test')",
        [row?.from, row?.to],
      );
      expect(await withClient((client) => detachPartition(client, name, entryId))).toBe("busy");
      await holder.query("COMMIT");
      expect(await withClient((client) => detachPartition(client, name, entryId))).toBe("held");
    });
    expect((await partition(name))?.state).toBe("held");
    await releaseHold(systemCtx(), { holdId: "hld_race", reason: "over" });
    await retainAll();
  });

  it("is not needed where the policy is taken back, or a sink is set back, after a partition was archived", async () => {
    const name = await agedPartition(300);
    await catchUp();
    await round();
    await signLog();
    const entryId = (await partition(name))?.archive?.entryId ?? "";
    const detach = () => withClient((client) => detachPartition(client, name, entryId));
    await setRetention(systemCtx(), { days: null });
    expect(await detach()).toBe("held");
    await setRetention(systemCtx(), { days: 90 });
    const sink = await makeSink("webhook", { url: "http://127.0.0.1:9" }, { from: "start" });
    expect(await detach()).toBe("held");
    await deleteSink(systemCtx(), { sinkId: sink.id });
    expect(await detach()).toBe("detached");
    await retainAll();
  });

  it("that comes too late says which archives it no longer reaches", async () => {
    const hold = await placeHold(systemCtx(), { to: new Date().toISOString(), reason: "Everything" });
    expect(hold.archived.map(({ file }) => file).sort()).toEqual(archives());
  });
});
