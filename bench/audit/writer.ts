import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { noteBlocks } from "@/lib/audit/storage/blocks";
import { rowTypeOf, writeEntries } from "@/lib/audit/write";
import { worldOfBench } from "./fill";

// `fork`ed: writes entries at a rate, in batches as the authority does, and notes their blocks as the keeper does, until it is told
// to stop; then it says how many, and how long their commits took (ms).

/** How often what has come is written, ms. */
const TICK_MS = 10;

async function write(url: string, perSecond: number): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 3 });
  const type = await rowTypeOf(pool);
  const world = worldOfBench();
  const commits: number[] = [];
  let stopped = false;
  process.once("message", () => (stopped = true));
  const began = performance.now();
  let written = 0;
  const noting = (async () => {
    const client = await pool.connect();
    while (!stopped) if (!(await noteBlocks(client))) await sleep(1000);
    client.release();
  })();
  process.send?.({ began: true });
  while (!stopped) {
    const due = Math.floor(((performance.now() - began) * perSecond) / 1000) - written;
    if (due <= 0) {
      await sleep(TICK_MS);
      continue;
    }
    const batch = Array.from({ length: Math.min(due, 1000) }, () => world.entry(Date.now(), 1));
    const from = performance.now();
    await writeEntries((text, values) => pool.query({ name: "write", text, values }), type, batch);
    commits.push(performance.now() - from);
    written += batch.length;
    if (batch.length < 1000) await sleep(TICK_MS);
  }
  const seconds = (performance.now() - began) / 1000;
  await noting;
  await pool.end();
  process.send?.({ written, seconds, commits });
}

await write(process.argv[2] ?? "", Number(process.argv[3]));
