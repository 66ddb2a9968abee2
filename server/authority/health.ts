import { pool } from "@/lib/db";
import { factCache } from "@/lib/validate/fact-cache";
import { readMigrations } from "../database/migrate";
import "./cache-metrics";
import "./keeper-metrics";
import "./sink-metrics";
import "./log-metrics";
import { metricsText } from "./metrics";
import type { MachineResponse, MachineRoute } from "./http";

/** The longest that a readiness check may take, ms: an orchestrator's own limit is often 1 s. */
const READY_MS = 900;

function json(status: number, value: unknown): MachineResponse {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
    body: JSON.stringify(value),
  };
}

async function migrationsApplied(expected: readonly string[]): Promise<boolean> {
  const { rows } = await pool().query<{ name: string }>(
    "SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL",
  );
  const applied = new Set(rows.map((row) => row.name));
  return expected.every((name) => applied.has(name));
}

/** Without its lease a process answers rightly, but from the database: better that others are asked meanwhile. */
function leaseAlive(): boolean {
  return factCache()?.lease.alive() ?? false;
}

function verdict(checks: Record<"database" | "migrations" | "lease", boolean>): MachineResponse {
  const ready = Object.values(checks).every(Boolean);
  return json(ready ? 200 : 503, { status: ready ? "ready" : "not_ready", checks });
}

async function readiness(expected: readonly string[]): Promise<MachineResponse> {
  let late: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, failed) => {
    late = setTimeout(() => failed(new Error("the database did not answer in time")), READY_MS);
  });
  try {
    const migrations = await Promise.race([migrationsApplied(expected), tooLate]);
    return verdict({ database: true, migrations, lease: leaseAlive() });
  } catch {
    return verdict({ database: false, migrations: false, lease: leaseAlive() });
  } finally {
    clearTimeout(late);
  }
}

/** `/healthz` (the process lives), `/readyz` (it can do its work), `/metrics`. */
export async function healthRoutes(migrationsFolder: string): Promise<readonly MachineRoute[]> {
  const expected = (await readMigrations(migrationsFolder)).map(({ name }) => name);
  const get = (path: string, handle: () => Promise<MachineResponse>): MachineRoute => ({
    method: "GET",
    path,
    maxBodyBytes: 0,
    handle,
  });
  return [
    get("/healthz", () => Promise.resolve(json(200, { status: "ok" }))),
    get("/readyz", () => readiness(expected)),
    get("/metrics", async () => {
      const { contentType, body } = await metricsText();
      return { status: 200, headers: { "content-type": contentType, "cache-control": "no-store" }, body };
    }),
  ];
}
