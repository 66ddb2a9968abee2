import { spawn } from "node:child_process";
import { readyDatabase } from "../database/instance";
import { MigrationError } from "../database/migrate";
import { keepDatabase } from "../launcher/database";
import { requireFreePort } from "../port";
import { StartError } from "../start-error";
import { closeDb } from "@/lib/db";
import { EnvError, parseEnv } from "@/lib/env";
import { ensureFirstOwner } from "@/lib/session/first-run";

/** `npm run dev`: the database as the launcher keeps it, and Next's development server in place of the other processes. */
async function main(): Promise<number> {
  const settings = parseEnv(process.env);
  const database = await keepDatabase(settings);
  try {
    await requireFreePort(settings.HOST, settings.PORT);
    await readyDatabase();
    const firstRunUrl = await ensureFirstOwner();
    process.stdout.write(`Open ${firstRunUrl ?? settings.GATEHOUSE_URL} when it is ready\n`);
    return await runNext(settings);
  } finally {
    await closeDb();
    await database.close();
  }
}

function runNext(settings: { HOST: string; PORT: number; GATEHOUSE_URL: string }): Promise<number> {
  const args = ["node_modules/next/dist/bin/next", "dev", "-H", settings.HOST, "-p", String(settings.PORT)];
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: "development",
    NEXT_TELEMETRY_DISABLED: "1",
    NEXTAUTH_URL: settings.GATEHOUSE_URL,
    GATEHOUSE_URL: settings.GATEHOUSE_URL,
  };
  return new Promise((ended, failed) => {
    const next = spawn(process.execPath, args, { env, stdio: "inherit" });
    // In a terminal Ctrl-C reaches Next by itself; the database is closed after it.
    process.on("SIGINT", () => undefined);
    process.on("SIGTERM", () => next.kill("SIGTERM"));
    next.once("error", failed);
    next.once("exit", (code) => ended(code ?? 0));
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof StartError || error instanceof EnvError || error instanceof MigrationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
