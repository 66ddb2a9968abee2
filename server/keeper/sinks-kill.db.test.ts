import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { getSink } from "@/lib/audit/sinks/list";
import { listDeadLetters } from "@/lib/audit/sinks/dead-letters";
import { db } from "@/lib/db";
import { systemCtx } from "@/lib/testing/ctx";
import { useTestDatabase } from "@/lib/testing/database";
import { TestReceiver, type Got } from "@/lib/testing/receiver";
import { headOfLog, makeSink, wakeSink, writeEntries } from "@/lib/testing/sinks";

useTestDatabase();
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = join(root, `node_modules/.cache/gatehouse-sinks-${process.pid}.mjs`);
const SEED = 20261122;
const KILLS = 4;

beforeAll(async () => {
  mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
  await build({
    stdin: {
      contents: 'import { sinks } from "./server/keeper/sinks"; sinks().start();',
      resolveDir: root,
      loader: "ts",
    },
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    alias: { "@": root.replace(/\/$/, ""), "server-only": join(root, "lib/testing/server-only.ts") },
  });
});
afterAll(() => rmSync(program, { force: true }));

/** The same numbers each time (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const keeper = (): ChildProcess => spawn(process.execPath, [program], { cwd: root, env: process.env, stdio: "ignore" });
async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise((done) => child.once("exit", done));
  child.kill("SIGKILL");
  await ended;
}

type Payload = { data: { entries: { index: number; test?: true; body: { action: string } }[] } };
const entriesOf = ({ body }: Got) => (JSON.parse(body.toString()) as Payload).data.entries;

const FAILED = "action:overview.read outcome:failure";
it.each([
  ["without a query", null],
  ["of what its query asks for", FAILED],
])(
  "loses no entry (%s) while its process is killed again and again and its receiver fails, slows down and refuses one; what comes twice is the same batch again",
  async (_which, query) => {
    const random = randomFrom(SEED);
    const receiver = await TestReceiver.begin();
    const { id, cursor } = await makeSink("webhook", { url: receiver.url }, { query });
    let poison = -1;
    const kept: Got[] = [];
    receiver.says = async (got) => {
      await sleep(random() * 60);
      // The first one after some, whatever it is.
      if (poison < 0) poison = entriesOf(got).find(({ index }) => index >= cursor + 70)?.index ?? -1;
      if (random() < 0.1) return { status: 503, headers: { "retry-after": "1" } };
      if (entriesOf(got).some(({ index }) => index === poison)) return { status: 400 };
      kept.push(got);
      return { status: 200 };
    };

    for (let nth = 0; nth < KILLS; nth++) {
      const child = keeper();
      const before = kept.length;
      for (let tries = 0; kept.length < before + 2 && tries < 60; tries++) {
        await writeEntries(1 + Math.floor(random() * 20));
        await writeEntries(1 + Math.floor(random() * 20), "failure");
        await wakeSink(id);
        await sleep(50);
      }
      await sleep(random() * 40);
      await kill(child);
    }

    const last = keeper();
    const head = await headOfLog();
    for (let tries = 0; (await getSink(systemCtx(), { sinkId: id })).cursor < head && tries < 400; tries++) {
      await wakeSink(id);
      await sleep(200);
    }
    await kill(last);
    await receiver.end();

    const batches = kept.filter((got) => !entriesOf(got).some(({ test }) => test));
    const indices = batches.flatMap((got) => entriesOf(got).map(({ index }) => index));
    const asked = await db().auditEntry.findMany({
      where: {
        idx: { gte: cursor, lt: head },
        ...(query === null ? {} : { action: "overview.read", outcome: "failure" }),
      },
      orderBy: { idx: "asc" },
      select: { idx: true },
    });
    const wanted = asked.map(({ idx }) => Number(idx)).filter((index) => index !== poison);
    expect(wanted.length).toBeGreaterThan(100);
    expect([...new Set(indices)].filter((index) => index < head)).toEqual(wanted); // none is missing, and the first of each come in order
    const { items } = await listDeadLetters(systemCtx(), { sinkId: id, limit: 10 });
    expect(items.map(({ index }) => index)).toEqual([poison]);

    const contentById = new Map<string, string>();
    for (const got of batches) {
      const messageId = String(got.headers["webhook-id"]);
      expect(contentById.get(messageId) ?? got.body.toString()).toBe(got.body.toString());
      contentById.set(messageId, got.body.toString());
    }
    // But for batches that came again under their own id no entry came twice; only where the one refused entry had its batch halved
    // can a kill and a failure together cut the rest of it anew.
    const halved = receiver.got.map((got) => entriesOf(got).map(({ index }) => index)).filter((some) => some.includes(poison)); // prettier-ignore
    const [first, end] = [Math.min(...halved.flat()), Math.max(...halved.flat())];
    const once = [...contentById.values()]
      .flatMap((body) => (JSON.parse(body) as Payload).data.entries.map(({ index }) => index))
      .filter((index) => index < first || index > end);
    expect(new Set(once).size).toBe(once.length);
    expect(batches.length - contentById.size).toBeLessThanOrEqual(KILLS * 12);
  },
);
