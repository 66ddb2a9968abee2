import { fork } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import pg from "pg";
import { fillAudit, worldOfBench } from "../audit/fill";
import { questionsOf } from "../audit/questions";
import { figure, markdownTable, textTable, type Table } from "../report/format";
import type { Report, Stage } from "../scenario";

/** Entries that are written every second while it is searched. */
const WRITTEN_PER_SECOND = 5_000;
/** How often each question is asked of each verb. */
const TURNS = 20;
const FOLLOWED_MS = 3_000;

type Times = { p50: number; p95: number; max: number };
type Asked = {
  what: string;
  first: Times;
  next: Times;
  full: Times;
  partial: number;
  facets: Times;
  histogram: Times;
  exact: number;
};

function timesOf(values: number[]): Times {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const began = performance.now();
  const result = await work();
  return { ms: performance.now() - began, result };
}

/** The verbs of the console, in this process. Loaded late: they read the environment. */
async function verbs() {
  const [
    { searchAudit },
    { facetsAudit },
    { histogramAudit },
    { searchAuditSchema },
    { systemPermissions },
    { newId },
  ] = await Promise.all([
    import("@/lib/audit/search"),
    import("@/lib/audit/facets"),
    import("@/lib/audit/histogram"),
    import("@/lib/audit/schema"),
    import("@/lib/authz/permissions"),
    import("@/lib/id"),
  ]);
  const ctx = () => ({
    actor: { kind: "system" as const, job: "bench", permissions: systemPermissions() },
    requestId: newId("request"),
    source: { ip: null, userAgent: null },
    nowSeconds: () => Date.now() / 1000,
  });
  const input = (q: string, cursor?: string) => searchAuditSchema.parse({ q, cursor });
  return {
    search: (q: string, cursor?: string) => searchAudit(ctx(), input(q, cursor)),
    facets: (q: string) => facetsAudit(ctx(), input(q)),
    histogram: (q: string) => histogramAudit(ctx(), input(q)),
  };
}

async function askAll(say: Stage["say"]): Promise<Asked[]> {
  const { search, facets, histogram } = await verbs();
  const asked: Asked[] = [];
  // A process that has just begun compiles what it runs: of each question one is asked that does not count.
  for (const { ask } of questionsOf(worldOfBench())) {
    await search(ask(TURNS));
    await facets(ask(TURNS));
  }
  for (const { what, ask } of questionsOf(worldOfBench())) {
    const ms = {
      first: [] as number[],
      next: [] as number[],
      full: [] as number[],
      facets: [] as number[],
      histogram: [] as number[],
    };
    let [partial, exact] = [0, 0];
    for (let turn = 0; turn < TURNS; turn++) {
      const q = ask(turn);
      const first = await timed(() => search(q));
      ms.first.push(first.ms);
      let { items, nextCursor } = first.result;
      let spent = first.ms;
      if (items.length < 50 && nextCursor !== null) partial++;
      // Until the page is full: what somebody waits who wants all of it.
      while (items.length < 50 && nextCursor !== null && spent < FOLLOWED_MS) {
        const more = await timed(() => search(q, nextCursor ?? undefined));
        spent += more.ms;
        items = [...items, ...more.result.items];
        ({ nextCursor } = more.result);
      }
      ms.full.push(spent);
      if (nextCursor !== null) ms.next.push((await timed(() => search(q, nextCursor ?? undefined))).ms);
      ms.facets.push((await timed(() => facets(q))).ms);
      const bars = await timed(() => histogram(q));
      ms.histogram.push(bars.ms);
      if (bars.result.exact) exact++;
    }
    asked.push({
      what,
      first: timesOf(ms.first),
      next: timesOf(ms.next),
      full: timesOf(ms.full),
      partial,
      facets: timesOf(ms.facets),
      histogram: timesOf(ms.histogram),
      exact,
    });
    say(`  ${what}: first page ${figure(timesOf(ms.first).p95)} ms`);
  }
  return asked;
}

type Written = { written: number; seconds: number; commits: number[] };

/** Asks everything while entries are written. */
async function underLoad(url: string, say: Stage["say"]): Promise<{ asked: Asked[]; written: Written }> {
  const writer = fork(resolve("bench/dist/audit-writer.mjs"), [url, String(WRITTEN_PER_SECOND)], { execArgv: [] });
  try {
    await once(writer, "message");
    const asked = await askAll(say);
    const said = once(writer, "message");
    writer.send("stop");
    const [written] = (await said) as [Written];
    return { asked, written };
  } finally {
    writer.kill();
  }
}

async function sizesOf(url: string): Promise<{ entries: number; heap: number; indexes: number; blocks: number }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<"entries" | "heap" | "indexes" | "blocks", string>>(
      `SELECT (SELECT next FROM audit_head) AS entries, sum(pg_table_size(inhrelid)) AS heap, sum(pg_indexes_size(inhrelid)) AS indexes,
         pg_total_relation_size('audit_gram') + pg_total_relation_size('audit_block') AS blocks
       FROM pg_inherits WHERE inhparent = 'audit_entry'::regclass`,
    );
    const { entries = "0", heap = "0", indexes = "0", blocks = "0" } = rows[0] ?? {};
    return { entries: Number(entries), heap: Number(heap), indexes: Number(indexes), blocks: Number(blocks) };
  } finally {
    await client.end();
  }
}

/** The audit log at volume: what reviewers ask, while thousands of entries are written every second. */
export async function audit({ database, options, findings, say }: Stage): Promise<Report> {
  const count = options.entries;
  say(`filling a log with ${count.toLocaleString("en-US")} entries (what is there already stays)`);
  const url = await database.keep(`bench_audit_${count}`);
  await fillAudit(url, count, say);
  process.env.DATABASE_URL = url;
  await database.checkpoint();
  say(`asking while ${WRITTEN_PER_SECOND.toLocaleString("en-US")} entries/s are written`);
  const { asked, written } = await underLoad(url, say);
  const { closeDb } = await import("@/lib/db");
  await closeDb();
  const sizes = await sizesOf(url);
  findings.audit = {
    entries: count,
    firstP95: Math.max(...asked.map(({ first }) => first.p95)),
    writtenPerSecond: written.written / written.seconds,
  };
  const table: Table = {
    head: [
      "Asked for",
      "first page p50",
      "p95",
      "next page p95",
      "page in full p95",
      "not full at once",
      "facets p50",
      "p95",
      "histogram p50",
      "p95",
      "exact",
    ],
    rows: asked.map((one) => [
      one.what,
      ...[one.first.p50, one.first.p95, one.next.p95, one.full.p95].map(figure),
      `${one.partial} of ${TURNS}`,
      ...[one.facets.p50, one.facets.p95, one.histogram.p50, one.histogram.p95].map(figure),
      `${one.exact} of ${TURNS}`,
    ]),
  };
  const commits = timesOf(written.commits);
  const per = (bytes: number) => `${figure(bytes / sizes.entries)} B`;
  const facts = [
    `Written meanwhile: ${figure(written.written / written.seconds)} entries/s over ${figure(written.seconds)} s; a commit took ${figure(commits.p50)} ms (p50), ${figure(commits.p95)} ms (p95).`,
    `Room for each entry: ${per(sizes.heap)} for itself, ${per(sizes.indexes)} for its indexes, ${per(sizes.blocks)} for the words of its block.`,
  ];
  const heading = `The audit log with ${count.toLocaleString("en-US")} entries (ms)`;
  return {
    text: [heading, textTable(table), facts.join("\n")].join("\n\n"),
    markdown: [`## ${heading}`, markdownTable(table), facts.map((fact) => `- ${fact}`).join("\n")].join("\n\n"),
    data: { table, findings: findings.audit, sizes },
    records: { asked, commits },
    charts: {},
  };
}
