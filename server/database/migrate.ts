import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";

/** Any number that no other program on the same database is likely to lock. */
const MIGRATION_LOCK = 72707369;

const BOOKKEEPING = `
CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

/** A migration that cannot go on; the message is for the operator. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

type Migration = { name: string; sql: string; checksum: string };

/** The migrations of a folder, in order. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

/**
 * Applies what is missing of `prisma/migrations`, with Prisma's own bookkeeping, so that `prisma migrate` and this agree.
 * Several processes at once take turns on an advisory lock. Each migration is one transaction: it happens wholly or not.
 * Returns the names that were applied. Throws `MigrationError`.
 */
export async function migrate(databaseUrl: string, folder = "prisma/migrations"): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const client = new pg.Client({ connectionString: databaseUrl, application_name: "gatehouse-migrate" });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await client.query(BOOKKEEPING);
    const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
      "SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL",
    );
    const recorded = new Map(rows.map((row) => [row.migration_name, row]));
    refuseStrangers(migrations, recorded);
    const missing = migrations.filter(({ name }) => !recorded.has(name));
    for (const migration of missing) await apply(client, migration);
    return missing.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

function refuseStrangers(
  migrations: Migration[],
  recorded: Map<string, { checksum: string; finished_at: Date | null }>,
): void {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const [name, row] of recorded) {
    const migration = known.get(name);
    if (!migration)
      throw new MigrationError(
        `The database has the migration ${name}, which this version of Gatehouse does not know: it was used by a newer one.`,
      );
    if (!row.finished_at) throw new MigrationError(`The migration ${name} failed earlier and was left unfinished.`);
    if (row.checksum !== migration.checksum)
      throw new MigrationError(`The migration ${name} was applied from a different text than this version has.`);
  }
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ($1, $2, $3, clock_timestamp(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw new MigrationError(
      `The migration ${migration.name} failed: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
