import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseTrustedProxies } from "../authority/client-ip";
import { MigrationError } from "../database/migrate";
import { readyDatabase } from "../database/instance";
import { requireFreePort } from "../port";
import { StartError } from "../start-error";
import { closeDb } from "@/lib/db";
import { EnvError, parseEnv, type Env } from "@/lib/env";
import { issuerConcern } from "@/lib/issuer";
import { log } from "@/lib/log";
import { ensureFirstOwner } from "@/lib/session/first-run";
import { superviseChild, type Child } from "./child";
import { dataFolder, keepDatabase, type KeptDatabase } from "./database";
import { recordInstance } from "./record";

const say = (line: string) => process.stdout.write(`${line}\n`);
const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Collections of young objects stop all calls. With one thread each takes 2 to 5 ms on two busy cores, where with several, which
 * then wait for a core, it took 5 to 15. Rarer ones (32 MiB) take longer; with more of them (8 MiB) 128 callers got a sixth fewer answers.
 * What it keeps is bounded by its caches, at about 250 MiB. Told so, Node collects before it has grown to several times of that.
 */
const AUTHORITY_ARGS = ["--max-semi-space-size=16", "--no-parallel-scavenge", "--max-old-space-size=768"];

/** Everything that runs: the page that creates the first owner, where there is none, and the way to end it in order. */
type Running = { firstRunUrl: string | null; stop: () => Promise<void> };

const childEnv = (settings: Env): NodeJS.ProcessEnv => ({
  ...process.env,
  NODE_ENV: "production",
  GATEHOUSE_URL: settings.GATEHOUSE_URL,
});

function startChildren(settings: Env): { authority: Child; console: Child } {
  const env: NodeJS.ProcessEnv = {
    ...childEnv(settings),
    NEXT_TELEMETRY_DISABLED: "1",
    NEXTAUTH_URL: settings.GATEHOUSE_URL,
    GATEHOUSE_INTERNAL_SECRET: randomBytes(32).toString("base64url"),
  };
  let consolePort: number | null = null;
  const tell = () => authority.send({ kind: "console", port: consolePort });
  const program = { name: "authority", script: beside("authority.mjs"), env, args: AUTHORITY_ARGS } as const;
  const authority = superviseChild(program, (port) => {
    if (port !== null) tell();
  });
  const consoleChild = superviseChild({ name: "console", script: beside("console.mjs"), env }, (port) => {
    consolePort = port;
    tell();
  });
  return { authority, console: consoleChild };
}

/** Starts it when all others serve; nobody waits for it. Of an embedded database checkpoints are kept beside it where nothing else is said. */
function startKeeper(settings: Env, database: KeptDatabase["kind"]): Child {
  const besideIt = database === "embedded" ? join(dataFolder(settings), "audit-checkpoints.log") : undefined;
  const env = { ...childEnv(settings), GATEHOUSE_AUDIT_ANCHOR: process.env.GATEHOUSE_AUDIT_ANCHOR || besideIt };
  const program = { name: "keeper", script: beside("keeper.mjs"), env, background: true };
  return superviseChild(program, () => undefined);
}

async function start(settings: Env): Promise<Running> {
  parseTrustedProxies(settings.GATEHOUSE_TRUSTED_PROXIES);
  const concern = issuerConcern(settings.GATEHOUSE_URL);
  if (concern) log.warn({ issuer: settings.GATEHOUSE_URL }, concern);
  const database = await keepDatabase(settings);
  let children: Child[] = [];
  let keeper: Child | undefined;
  let firstRunUrl: string | null;
  const stop = async () => {
    await Promise.all(children.map((child) => child.stop()));
    await keeper?.stop();
    await closeDb();
    await database.close();
  };
  try {
    await requireFreePort(settings.HOST, settings.PORT);
    const migrated = await readyDatabase();
    firstRunUrl = await ensureFirstOwner();
    const { authority, console: consoleChild } = startChildren(settings);
    children = [authority, consoleChild];
    await Promise.all([authority.ready, consoleChild.ready]);
    keeper = startKeeper(settings, database.kind);
    await recordInstance("instance.start", { node: process.version, database: database.kind, migrated });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    firstRunUrl,
    stop: async () => {
      await Promise.all(children.map((child) => child.stop()));
      await recordInstance("instance.stop", {}).catch((error: unknown) => {
        log.warn({ err: error }, "The stop could not be recorded");
      });
      await stop(); // the keeper goes last: what it does for the log is then done for that entry as well
    },
  };
}

/** One sentence for what the operator can mend; the whole error for what is our fault. */
function explain(error: unknown): void {
  if (error instanceof StartError || error instanceof EnvError || error instanceof MigrationError)
    process.stderr.write(`${error.message}\n`);
  else log.error({ err: error }, "Gatehouse could not start");
}

async function main(): Promise<void> {
  let running: Running | undefined;
  let ordered = false;
  const order = async () => {
    if (ordered) process.exit(1); // asked twice: the operator does not want to wait; the next start mends what is left
    ordered = true;
    if (!running) return; // while starting: `start` goes on to its end, and is stopped then
    say("Stopping…");
    await running.stop();
    say("Stopped.");
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void order());
  const settings = parseEnv(process.env);
  running = await start(settings);
  say(`Open ${running.firstRunUrl ?? settings.GATEHOUSE_URL}`);
  if (ordered) {
    ordered = false;
    await order();
  }
}

main().catch((error: unknown) => {
  explain(error);
  process.exit(1);
});
