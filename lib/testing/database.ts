import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, inject } from "vitest";
import { openedBody, readPersonal } from "@/lib/audit/personal/read";
import { closeDb, db } from "@/lib/db";
import { withDatabase } from "./urls";

declare module "vitest" {
  export interface ProvidedContext {
    /** A migrated database that nobody connects to, to clone from. */
    templateUrl: string;
  }
}

async function asAdmin(templateUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: withDatabase(templateUrl, "postgres") });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** A machine that is busy with tests may take longer to connect than a request may wait. */
function patient(url: string): string {
  const changed = new URL(url);
  changed.searchParams.set("connect_timeout", "15");
  return changed.toString();
}

/** A fresh copy of the migrated database; `drop` ends it. */
export async function cloneDatabase(templateUrl: string): Promise<{ url: string; drop: () => Promise<void> }> {
  const template = new URL(templateUrl).pathname.slice(1);
  const name = `gatehouse_test_${randomBytes(8).toString("hex")}`;
  await asAdmin(templateUrl, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
  return {
    url: patient(withDatabase(templateUrl, name)),
    drop: () => asAdmin(templateUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/**
 * Call at the top of a `*.db.test.ts` file: its tests run on a real PostgreSQL database of their own, which
 * `DATABASE_URL` (and so `db()`) names.
 */
export function useTestDatabase(): void {
  let drop: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    const clone = await cloneDatabase(inject("templateUrl"));
    drop = clone.drop;
    process.env.DATABASE_URL = clone.url;
  });
  afterAll(async () => {
    await closeDb();
    await drop?.();
  });
}

/** An entry of the audit log as the tests look at it. */
export type SeenEntry = {
  idx: bigint;
  action: string;
  outcome: string;
  reason: string | null;
  targetId: string | null;
  body: Record<string, unknown>;
  /** The body with what its commitments stand for. */
  opened: Record<string, unknown>;
};

/** The audit entries written since `afterIdx` (exclusive; -1 for all), in order. */
export async function entriesSince(afterIdx = -1n): Promise<SeenEntry[]> {
  const rows = await db().auditEntry.findMany({ where: { idx: { gt: afterIdx } }, orderBy: { idx: "asc" } });
  const known = await readPersonal(rows.map(({ body }) => body));
  return rows.map((row) => ({
    idx: row.idx,
    action: row.action,
    outcome: row.outcome,
    reason: row.reason,
    targetId: row.targetId,
    body: JSON.parse(row.body) as Record<string, unknown>,
    opened: JSON.parse(openedBody(row.body, known)) as Record<string, unknown>,
  }));
}

/** The index of the newest entry; -1 where there is none. */
export async function lastIdx(): Promise<bigint> {
  const { _max } = await db().auditEntry.aggregate({ _max: { idx: true } });
  return _max.idx ?? -1n;
}

/** Runs `act` and returns what it threw (or null) and the entries it left. */
export async function observe<T>(
  act: () => Promise<T>,
): Promise<{ result: T | null; error: unknown; entries: SeenEntry[] }> {
  const before = await lastIdx();
  let result: T | null = null;
  let error: unknown = null;
  try {
    result = await act();
  } catch (thrown) {
    error = thrown;
  }
  return { result, error, entries: await entriesSince(before) };
}
