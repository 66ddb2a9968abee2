import { MigrationError } from "../database/migrate";
import { openInstance } from "../database/instance";
import { StartError } from "../start-error";
import { EnvError, parseEnv } from "@/lib/env";

/** Opens the demo's database, fills it where it is empty, and leaves it running for the launcher to take over. */
try {
  await openInstance(parseEnv(process.env));
  await import("@/prisma/seed/main");
} catch (error) {
  if (!(error instanceof StartError || error instanceof EnvError || error instanceof MigrationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
