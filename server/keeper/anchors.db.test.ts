import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { anchorOf } from "@/lib/audit/anchor/anchor";
import { newestCheckpoint } from "@/lib/audit/tree/store";
import { pool } from "@/lib/db";
import { fillLog, signLog } from "@/lib/testing/audit-log";
import { useTestDatabase } from "@/lib/testing/database";
import { anchors } from "./anchors";

useTestDatabase();
vi.setConfig({ testTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), "gatehouse-anchors-"));
const places = [join(folder, "log"), `${join(folder, "files")}/`];
beforeAll(() => {
  process.env.GATEHOUSE_AUDIT_ANCHOR = places.join(",");
});
afterAll(() => {
  delete process.env.GATEHOUSE_AUDIT_ANCHOR;
  rmSync(folder, { recursive: true, force: true });
});

const notes = () => Promise.all(places.map((place) => anchorOf(place).notes()));
const newest = async () => (await newestCheckpoint(pool()))?.note ?? "";

it("the keeper's anchors get the first checkpoint at once, no further one within a minute, and the newest when it stops", async () => {
  const running = anchors().map((job) => job.start());
  await sleep(300); // nothing is signed yet, and nothing is anchored
  expect(await notes()).toEqual([[], []]);
  await fillLog(3);
  await signLog();
  const first = await newest();
  while ((await notes()).some((held) => held.length === 0)) await sleep(50);
  await fillLog(3);
  await signLog();
  await sleep(1_500);
  expect(await notes()).toEqual([[first], [first]]);
  await Promise.all(running.map((job) => job.stop()));
  const last = await newest();
  expect(await notes()).toEqual([[first, last], [first, last]]); // prettier-ignore

  // Another keeper begins with what is newest, and a folder keeps one file of it.
  const again = anchors().map((job) => job.start());
  while ((await notes())[0]?.length !== 3) await sleep(50);
  await Promise.all(again.map((job) => job.stop()));
  expect(await notes()).toEqual([[first, last, last], [first, last]]); // prettier-ignore
});
