import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { freePort, runProgram, startProgram } from "./process";

/** A Gatehouse that runs as its own processes, as `npm start` runs it, on a new data folder. */
export type Product = {
  url: string;
  /** The one-time link of the first start; null where an owner exists. */
  firstRunLink: string | null;
  /** Everything that its processes have written so far. */
  output: () => string;
  /** The command line beside it: `cli("token", "list")`. Returns what it answers as JSON. */
  cli: <T>(...args: string[]) => Promise<T>;
  /** A query on its database, past all verbs: to seed a great many rows, and to look for what must not be there. */
  sql: <T extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<T[]>;
  stop: () => Promise<void>;
};

/** Starts the product with a free port (unless one is given) and an empty data folder, which goes when it stops. */
export async function startProduct(env: Record<string, string> = {}): Promise<Product> {
  const dataDir = mkdtempSync(join(tmpdir(), "gatehouse-e2e-"));
  chmodSync(dataDir, 0o755); // PostgreSQL runs as another user where the tests run as root
  const port = env.PORT ? Number(env.PORT) : await freePort();
  const all = { PORT: String(port), GATEHOUSE_DATA_DIR: dataDir, ...env };
  const running = await startProgram(["scripts/start.mjs"], all, /^Open (http\S+)$/m);
  const url = `http://localhost:${port}`;
  const pool = new pg.Pool({ connectionString: databaseUrl(dataDir), max: 2 });
  pool.on("error", () => undefined); // the database stops before its last idle connection is closed
  return {
    url,
    firstRunLink: /http\S+\/first-run#\S+/.exec(running.output())?.[0] ?? null,
    output: running.output,
    cli: async <T>(...args: string[]) => {
      const { code, stdout, stderr } = await runProgram(["dist/cli.mjs", ...args, "--json"], {
        ...all,
        GATEHOUSE_URL: url,
      });
      if (code !== 0) throw new Error(`gatehouse ${args.join(" ")} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout) as T;
    },
    sql: async <T extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
      (await pool.query<T>(text, values)).rows,
    stop: async () => {
      await pool.end();
      await running.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The embedded database as its files name it: line 4 of `postmaster.pid` is the port. */
function databaseUrl(dataDir: string): string {
  const read = (...path: string[]) => readFileSync(join(dataDir, "postgresql", ...path), "utf8");
  const port = read("cluster", "postmaster.pid").split("\n")[3]?.trim();
  return `postgresql://postgres:${read("password").trim()}@127.0.0.1:${port}/gatehouse`;
}
