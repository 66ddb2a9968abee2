import pg from "pg";
import { closeDb } from "@/lib/db";
import { parseEnv } from "@/lib/env";
import type { EmbeddedDatabase } from "@/server/database/embedded";
import { openInstance } from "@/server/database/instance";
import { MigrationError } from "@/server/database/migrate";
import { CliError, EXIT } from "./failure";

/**
 * Opens the database that the environment names: `DATABASE_URL`, else the one in the data folder, which is taken over
 * where it runs beside a Gatehouse, and started for this one call where it does not. Brings its schema up to date.
 * Returns what closes it again. Throws a `StartError`, an `EnvError` or a `CliError`.
 */
export async function connect(): Promise<() => Promise<void>> {
  try {
    const { embedded } = await openInstance(parseEnv(process.env));
    return () => disconnect(embedded);
  } catch (error) {
    await closeDb();
    throw error instanceof MigrationError ? new CliError(EXIT.refused, "unavailable", error.message) : error;
  }
}

/** Ends what this call started, unless a Gatehouse that was started meanwhile uses it by now. */
async function disconnect(embedded: EmbeddedDatabase | null): Promise<void> {
  await closeDb();
  if (embedded === null || embedded.adopted) return;
  if (await nobodyElseUses(embedded.url).catch(() => false)) await embedded.stop();
}

async function nobodyElseUses(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query(
      "SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() LIMIT 1",
    );
    return rowCount === 0;
  } finally {
    await client.end();
  }
}
