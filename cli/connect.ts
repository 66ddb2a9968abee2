import pg from "pg";
import { closeDb } from "@/lib/db";
import { parseEnv } from "@/lib/env";
import { startEmbedded, type EmbeddedDatabase } from "@/server/database/embedded";
import { migrate, MigrationError } from "@/server/database/migrate";
import { CliError, EXIT } from "./failure";
import { readSecret } from "./secret";

/**
 * Opens the database that the environment names: `DATABASE_URL`, else the one in the data folder, which is taken over
 * where it runs beside a Gatehouse, and started for this one call where it does not. Brings its schema up to date.
 * Returns what closes it again. Throws a `StartError`, an `EnvError` or a `CliError`.
 */
export async function connect(): Promise<() => Promise<void>> {
  const settings = parseEnv(process.env);
  const embedded = settings.DATABASE_URL ? null : await startEmbedded(settings.GATEHOUSE_DATA_DIR);
  const url = settings.DATABASE_URL ?? embedded?.url ?? "";
  // `lib/env.ts` reads the environment at its first use, which is after this.
  process.env.DATABASE_URL = url;
  try {
    process.env.GATEHOUSE_SECRET = settings.GATEHOUSE_SECRET ?? readSecret(settings.GATEHOUSE_DATA_DIR);
    await migrate(url);
  } catch (error) {
    await disconnect(embedded);
    throw error instanceof MigrationError || isUnreachable(error) ? unavailable(error) : error;
  }
  return () => disconnect(embedded);
}

function isUnreachable(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" && /^(E[A-Z]+|08...|28...|3D000|57P..)$/.test(code);
}

function unavailable(error: unknown): CliError {
  if (error instanceof MigrationError) return new CliError(EXIT.refused, "unavailable", error.message);
  return new CliError(EXIT.refused, "unavailable", "The database cannot be reached: check DATABASE_URL.");
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
