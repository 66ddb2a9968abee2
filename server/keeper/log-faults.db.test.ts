import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readLogFaults } from "@/lib/audit/faults/read";
import { pauseAfter, recheckNext } from "@/lib/audit/recheck";
import { db } from "@/lib/db";
import { listNotices } from "@/lib/notice/list";
import { listNoticesSchema, noticeSchema } from "@/lib/notice/schema";
import { fillLog, signLog, tamper, withClient } from "@/lib/testing/audit-log";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { entriesSince, lastIdx, useTestDatabase } from "@/lib/testing/database";
import { behind } from "./behind";
import { integrator } from "./integrator";
import type { Job, RunningJob } from "./job";
import { recheck } from "./recheck";

useTestDatabase();
vi.setConfig({ testTimeout: 60_000 });

const running: RunningJob[] = [];
const begin = (job: Job) => void running.push(job.start());
const stopAll = async () => void (await Promise.all(running.splice(0).map((job) => job.stop())));
afterEach(stopAll);

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(50);
}
const faults = () => readLogFaults(systemCtx());
const owner = personCtx({ id: "per_owner", consoleRole: "owner" });
const notices = async (seen: "true" | "false") => {
  const { items } = await listNotices(owner, listNoticesSchema.parse({ seen, to: "admins" }));
  return items.map((notice) => noticeSchema.parse(notice)).filter(({ kind }) => kind === "audit_fault");
};
const told = async (since: bigint) =>
  (await entriesSince(since)).filter(({ action }) => action === "audit.fault" || action === "audit.mend");

let before: bigint;
let size: number;
beforeEach(async () => {
  await fillLog(600);
  size = await signLog();
  before = await lastIdx();
});

const breakBody = (index: number) =>
  tamper(
    "DROP TABLE IF EXISTS kept",
    `CREATE TABLE kept AS SELECT * FROM audit_entry WHERE idx = ${index}`,
    `UPDATE audit_entry SET body = replace(body, '"v":', '"w":') WHERE idx = ${index}`,
  );
const mend = (index: number) =>
  tamper(`DELETE FROM audit_entry WHERE idx = ${index}`, "INSERT INTO audit_entry SELECT * FROM kept");

describe("where the integrator stops over an entry", () => {
  it("the admins are told once, with the first bad index, and it goes when it was mended", async () => {
    await fillLog(10);
    const bad = size + 3;
    await breakBody(bad);
    begin(integrator());
    await until(async () => (await faults()).length > 0);
    await sleep(2_500); // it tries again meanwhile
    const fault = { source: "integrator", index: bad, fault: "its hash does not match its body" };
    expect(await faults()).toMatchObject([fault]);
    expect(await notices("false")).toMatchObject([{ person: null, to: "admins", fault: { ...fault, mendedAt: null } }]);
    const entries = await told(before);
    expect(entries.map(({ action }) => action)).toEqual(["audit.fault"]);
    expect(entries[0]?.body).toMatchObject({ details: { source: "integrator", firstBadIndex: bad } });
    await mend(bad);
    await until(async () => (await faults()).length === 0);
    expect(await notices("false")).toEqual([]);
    expect((await notices("true"))[0]).toMatchObject({ fault, seenBy: { id: "keeper" } });
    expect((await told(before)).map(({ action }) => action)).toEqual(["audit.fault", "audit.mend"]);
  });
});

describe("what was signed long ago", () => {
  const wholePass = () =>
    withClient(async (client) => {
      for (;;) {
        const piece = await recheckNext(client);
        if (!piece || piece.firstBad || piece.to === piece.size) return piece;
      }
    });
  const position = () => db().auditRecheck.findUniqueOrThrow({ where: { id: 1 } });

  it("is walked over piece by piece, and a whole pass is noted", async () => {
    await fillLog(4_500);
    size = await signLog();
    const first = await withClient(recheckNext);
    expect(first).toMatchObject({ from: 0, to: 4096, size, firstBad: null });
    expect(Number((await position()).next)).toBe(4096);
    expect(await wholePass()).toMatchObject({ to: size, firstBad: null });
    expect(await position()).toMatchObject({ next: 0n, passedSize: BigInt(size) });
    expect((await position()).passedAt).not.toBeNull();
  });

  it.each([
    ["a body", (at: number) => `UPDATE audit_entry SET body = replace(body, '"v":', '"w":') WHERE idx = ${at}`],
    ["an entry", (at: number) => `DELETE FROM audit_entry WHERE idx = ${at}`],
    ["a column", (at: number) => `UPDATE audit_entry SET actor_id = 'somebody' WHERE idx = ${at}`],
    ["an entry with its leaf", (at: number) => `UPDATE audit_entry SET body = replace(body, 'CI', 'XX'), leaf = sha256('\\x00'::bytea || convert_to(replace(body, 'CI', 'XX'), 'UTF8')) WHERE idx = ${at}`],
  ])("is found by its first bad index where %s was changed, which the integrator does not read again", async (_what, change) => {
    const bad = 402;
    await breakBody(bad);
    await mend(bad);
    await tamper(change(bad));
    expect(await signLog()).toBe(Number(await lastIdx()) + 1); // nothing of it is noticed
    const found = await wholePass();
    await mend(bad);
    expect(found?.firstBad?.index).toBe(bad);
    expect((await wholePass())?.firstBad).toBeNull();
  }); // prettier-ignore

  it("is told to the admins by the job, once", async () => {
    await breakBody(17);
    await db().auditRecheck.update({ where: { id: 1 }, data: { next: 0n } });
    begin(recheck());
    await until(async () => (await faults()).length > 0);
    await sleep(1_500);
    expect(await faults()).toMatchObject([{ source: "recheck", index: 17 }]);
    expect((await told(before)).map(({ action }) => action)).toEqual(["audit.fault"]);
    await stopAll();
    await mend(17);
    begin(recheck());
    await until(async () => (await faults()).length === 0);
    expect(await notices("false")).toEqual([]);
  });

  it("is walked over in about a day, at a tenth of one core at most", () => {
    const piece = { from: 0, to: 4096, size: 10_000_000, firstBad: null };
    expect((10_000_000 / 4096) * (pauseAfter(piece, 40) + 40)).toBeCloseTo(86_400_000, -3);
    expect(pauseAfter({ ...piece, size: 10_000_000_000 }, 40)).toBe(360);
    expect(pauseAfter({ ...piece, size: 5_000 }, 40)).toBe(600_000);
    expect(pauseAfter({ ...piece, firstBad: { index: 1, fault: "" } }, 40)).toBe(60_000);
  });
});

it("where nothing is signed for more than a minute the admins are told, until it is", async () => {
  await fillLog(3);
  await tamper(`UPDATE audit_entry SET recorded_at = recorded_at - interval '2 minutes' WHERE idx >= ${size}`);
  begin(behind());
  await until(async () => (await faults()).length > 0);
  expect(await faults()).toMatchObject([{ source: "behind", index: size }]);
  await stopAll();
  await signLog();
  begin(behind());
  await until(async () => (await faults()).length === 0);
  expect((await told(before)).map(({ action }) => action)).toEqual(["audit.fault", "audit.mend"]);
});
