import { resolve } from "node:path";
import type { Env } from "@/lib/env";
import { startEmbedded, type EmbeddedDatabase } from "./embedded";
import { requireUsableDatabase } from "./external";
import { migrate } from "./migrate";
import { readOrMakeSecret, requireMatchingSecret } from "./secret";

/** What a program needs before it may call verbs. */
export type Instance = {
  /** Null where `DATABASE_URL` names an existing server. */
  embedded: EmbeddedDatabase | null;
  /** The migrations that were applied just now. */
  migrated: string[];
};

/**
 * Makes the environment whole: sets `GATEHOUSE_SECRET` and `DATABASE_URL` in `process.env` where they are not given, from
 * the data folder, starting the embedded database where it does not run. Call before anything reads `env()`.
 */
export async function openDatabase(settings: Env): Promise<EmbeddedDatabase | null> {
  process.env.GATEHOUSE_DATA_DIR = resolve(settings.GATEHOUSE_DATA_DIR);
  process.env.GATEHOUSE_SECRET = settings.GATEHOUSE_SECRET ?? readOrMakeSecret(process.env.GATEHOUSE_DATA_DIR);
  if (settings.DATABASE_URL) {
    await requireUsableDatabase(settings.DATABASE_URL);
    return null;
  }
  const embedded = await startEmbedded(process.env.GATEHOUSE_DATA_DIR);
  process.env.DATABASE_URL = embedded.url;
  return embedded;
}

/** Brings the open database up to date and checks the secret against it. Throws `MigrationError`, `StartError`. */
export async function readyDatabase(): Promise<string[]> {
  const migrated = await migrate(process.env.DATABASE_URL ?? "");
  await requireMatchingSecret();
  return migrated;
}

/** Both steps at once: for the command line and the demo, which need no lock on the data folder. */
export async function openInstance(settings: Env): Promise<Instance> {
  const embedded = await openDatabase(settings);
  return { embedded, migrated: await readyDatabase() };
}
