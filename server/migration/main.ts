import { mkdirSync, mkdtempSync, rmSync, chmodSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbedded } from "../database/embedded";
import { migrate, MigrationError } from "../database/migrate";
import { schemaDiff } from "../database/schema-diff";
import { StartError } from "../start-error";

const FOLDER = "prisma/migrations";

/** `20261121093000`, by UTC: migrations are applied in the order of their names. */
const stampOf = (now: Date) => now.toISOString().replace(/\D/g, "").slice(0, 14);

/** What the migrations lack to make what `prisma/schema.prisma` says, found out on a PostgreSQL of its own. */
async function missingSql(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), "gatehouse-migration-"));
  chmodSync(dataDir, 0o755); // as root, PostgreSQL runs as another user, who must get through
  try {
    const database = await startEmbedded(dataDir);
    try {
      await migrate(database.url, FOLDER);
      return await schemaDiff(database.url);
    } finally {
      await database.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** `npm run migration -- <verb>_<noun>`: writes the draft of a migration, to be read and finished by hand. */
async function main(name: string | undefined): Promise<number> {
  if (!name || !/^[a-z][a-z0-9]*(_[a-z0-9]+)+$/.test(name)) {
    process.stderr.write("Usage: npm run migration -- <verb>_<noun>, for example add_note_to_agent\n");
    return 1;
  }
  const sql = await missingSql();
  if (!sql) {
    process.stdout.write("The migrations make what prisma/schema.prisma says: there is nothing to write.\n");
    return 0;
  }
  const folder = join(FOLDER, `${stampOf(new Date())}_${name}`);
  mkdirSync(folder);
  writeFileSync(join(folder, "migration.sql"), sql);
  process.stdout.write(`${join(folder, "migration.sql")} is a draft: read it, and add what Prisma cannot say.\n`);
  return 0;
}

try {
  process.exitCode = await main(process.argv[2]);
} catch (error) {
  if (!(error instanceof StartError || error instanceof MigrationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
