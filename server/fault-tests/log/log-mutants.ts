import type { Mutant } from "../mutants";

/**
 * The steps on which the log's proof rests, each left out in turn. Not among them: the integrator's snapshot (`REPEATABLE READ`).
 * What it reads does not need it, since entries and the counter that says so come with one commit; it is there for whoever
 * adds a query.
 */
export const LOG_MUTANTS = {
  "a checkpoint is anchored before the database has committed it": [
    {
      file: "lib/audit/integrate.ts",
      find: "return { size: to, more: to < end };",
      replace: `const early = await newestCheckpoint(client);
      if (early) for (const anchor of this.#anchors) await anchor.keep(early);
      return { size: to, more: to < end };`,
    },
  ],
  "tiles are committed without their checkpoint": [
    {
      file: "lib/audit/integrate.ts",
      find: "await writeTiles(client, this.#tiles);",
      replace: 'await writeTiles(client, this.#tiles); await client.query("COMMIT; BEGIN");',
    },
  ],
  "the tree in memory is kept after a rollback": [
    {
      file: "lib/audit/integrate.ts",
      find: "return tree?.size === (signed?.size ?? 0) && (!signed || tree.root() === signed.root) ? tree : null;",
      replace: "return tree ?? (void signed, null);",
    },
    {
      file: "lib/client-transaction.ts",
      find: "throw error;",
      replace: 'if (begin.includes("REPEATABLE")) return { size: 0, more: false } as T; throw error;',
    },
  ],
  "a checkpoint is told before it is on the disk": [
    {
      file: "lib/audit/integrate.ts",
      find: "BEGIN ISOLATION LEVEL REPEATABLE READ",
      replace: "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL synchronous_commit = off",
    },
  ],
  "a sink moves on before its batch is acknowledged": [
    {
      file: "lib/audit/sinks/round.ts",
      find: "const series = `msg_${id}_${epoch}`;",
      replace:
        "const series = `msg_${id}_${epoch}`; await advance(claimed, { ...all, to, shipped: all.wanted, refused: [] });",
    },
  ],
  "a keeper does not ask for the lock": [
    {
      file: "lib/job-lock.ts",
      find: "return rows[0]?.mine ?? false;",
      replace: "return rows.length > 0;",
    },
  ],
  "a decision is answered before its entry is committed": [
    {
      file: "lib/validate/write-log.ts",
      find: "await writeBatch(entries);",
      replace:
        "void new Promise((done) => setTimeout(done, 50)).then(() => writeBatch(entries)).catch(() => undefined);",
    },
  ],
} satisfies Record<string, Mutant>;

export type LogMutantName = keyof typeof LOG_MUTANTS;
