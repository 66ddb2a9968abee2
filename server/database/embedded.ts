import { spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { makeFolder } from "../folder";
import { StartError } from "../start-error";
import { findBinaries, majorVersion, program, reachableBinaries } from "./binaries";
import { isAlive, runningPostmaster, type Postmaster } from "./postmaster";
import { mayEnter, runAs, type RunAs } from "./run-as";

/** A PostgreSQL of our own, in the data folder. */
export type EmbeddedDatabase = {
  /** Connection string of the application's database. Holds the password: never print it. */
  url: string;
  port: number;
  pid: number;
  /** True where it ran already: a launcher was killed, or the command line started it. */
  adopted: boolean;
  /** Ends it, waiting for it to write what it has (at most `STOP_MS`). */
  stop: () => Promise<void>;
};

const DATABASE = "gatehouse";
/** The longest that a start may take; recovery after a crash is part of it. */
const START_MS = 60_000;
const STOP_MS = 15_000;

/** Where the parts are. As root under a private home the cluster lies outside of it: PostgreSQL does not run as root. */
type Place = { folder: string; cluster: string; passwordFile: string; logFile: string; as: RunAs };

function placeOf(dataDir: string): Place {
  const wanted = join(resolve(dataDir), "postgresql");
  requireFolder(wanted);
  const as = runAs(join(wanted, "cluster"));
  const folder = mayEnter(wanted, as) ? wanted : outsideHome(resolve(dataDir));
  return {
    folder,
    cluster: join(folder, "cluster"),
    passwordFile: join(folder, "password"),
    logFile: join(folder, "postgresql.log"),
    as: runAs(join(folder, "cluster")),
  };
}

function outsideHome(dataDir: string): string {
  const name = createHash("sha256").update(dataDir).digest("hex").slice(0, 12);
  const folder = join("/var/lib/gatehouse", `${basename(dirname(dataDir))}-${name}`);
  requireFolder(folder);
  return folder;
}

function requireFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    throw new StartError(`The folder ${folder} cannot be made: ${(error as Error).message}.`);
  }
}

function give(path: string, as: RunAs): void {
  if (as.uid !== undefined && as.gid !== undefined) chownSync(path, as.uid, as.gid);
}

/** Makes the cluster beside its place and moves it there, so that a killed initdb leaves nothing half-made. */
function createCluster(place: Place, bin: string): void {
  const { as, cluster } = place;
  const unfinished = `${cluster}.${process.pid}`;
  const password = randomBytes(24).toString("base64url");
  const passwordFile = join(unfinished + ".password");
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  give(unfinished, as);
  give(passwordFile, as);
  const locale =
    majorVersion(bin, as) >= 17 ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] : ["--locale=C.UTF-8"];
  const args = ["-D", unfinished, "-U", "postgres", "-A", "scram-sha-256", `--pwfile=${passwordFile}`, "-E", "UTF8"];
  const made = spawnSync(program(bin, "initdb"), [...args, "--no-instructions", "--no-locale", ...locale], {
    ...as,
    cwd: place.folder,
    encoding: "utf8",
  });
  rmSync(passwordFile, { force: true });
  if (made.status !== 0) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new StartError(`The database could not be made: ${lastLine(made.error?.message ?? made.stderr)}`);
  }
  // The password stands before the cluster does: a cluster without it could never be opened again.
  const settled = `${place.passwordFile}.${process.pid}`;
  writeFileSync(settled, password, { mode: 0o600 });
  if (existsSync(cluster)) return discard(unfinished, settled);
  renameSync(settled, place.passwordFile);
  try {
    renameSync(unfinished, cluster);
  } catch (error) {
    discard(unfinished, settled);
    throw error;
  }
}

function discard(...paths: string[]): void {
  for (const path of paths) rmSync(path, { recursive: true, force: true });
}

const lastLine = (text: string) => text.trim().split("\n").at(-1) ?? "";

/** A port that was free a moment ago, on loopback. */
export async function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer()
      .once("error", failed)
      .listen(0, "127.0.0.1", () => {
        const { port } = probe.address() as AddressInfo;
        probe.close(() => found(port));
      });
  });
}

type Started = Postmaster & { exited: () => boolean };

function spawnServer(place: Place, bin: string, port: number): Started {
  const log = openSync(place.logFile, "a", 0o600);
  const settings = { port, listen_addresses: "127.0.0.1", unix_socket_directories: "", max_connections: 100 };
  const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  // Detached: Ctrl-C in the terminal is for the launcher, which ends the database last.
  const child = spawn(program(bin, "postgres"), ["-D", place.cluster, ...args], {
    ...place.as,
    cwd: place.cluster,
    stdio: ["ignore", log, log],
    detached: true,
  });
  closeSync(log);
  let exited = false;
  child.once("exit", () => (exited = true)).once("error", () => (exited = true));
  child.unref();
  return { pid: child.pid ?? 0, port, exited: () => exited };
}

/**
 * Starts PostgreSQL in the data folder, or takes over the one that runs there. Listens on 127.0.0.1 alone, at a random
 * port (or `port`), with a random password; no socket in a shared folder. Throws `StartError`.
 */
export async function startEmbedded(dataDir: string, options: { port?: number } = {}): Promise<EmbeddedDatabase> {
  const place = placeOf(dataDir);
  const deadline = Date.now() + START_MS;
  for (;;) {
    const running = runningPostmaster(place.cluster);
    const server = running
      ? { ...running, exited: () => !isAlive(running.pid) }
      : spawnServer(place, madeCluster(place), options.port ?? (await freePort()));
    try {
      return await open(place, server, running !== null);
    } catch (error) {
      // Was about to end when we found it, lost a race against another start, or a dead server's last children hold its memory.
      const winner = runningPostmaster(place.cluster);
      const changed = (running && server.exited()) || (winner && winner.pid !== server.pid);
      if (Date.now() > deadline || !(changed || stillHeld(place))) throw error;
      await sleep(200);
    }
  }
}

/** Makes the cluster where there is none; returns the folder of the programs. */
function madeCluster(place: Place): string {
  const bin = reachableBinaries(findBinaries(), place.folder, place.as);
  if (!existsSync(place.cluster)) createCluster(place, bin);
  return bin;
}

/** True where the log's end says that a dead server or its children are not quite gone: a matter of moments. */
function stillHeld(place: Place): boolean {
  return /shared memory block .* is still in use|postmaster\.pid" already exists|Address already in use/.test(
    endOfLog(place),
  );
}

function endOfLog(place: Place): string {
  try {
    return readFileSync(place.logFile, "utf8").slice(-1000);
  } catch {
    return "";
  }
}

async function open(place: Place, server: Started, adopted: boolean): Promise<EmbeddedDatabase> {
  const password = readPassword(place);
  const url = (name: string) => `postgresql://postgres:${password}@127.0.0.1:${server.port}/${name}`;
  const deadline = Date.now() + START_MS;
  for (;;) {
    try {
      await ensureDatabase(url("postgres"));
      break;
    } catch (error) {
      const wrongPassword = (error as { code?: string }).code === "28P01";
      if (wrongPassword)
        throw new StartError(`The database in ${place.folder} does not accept the password in ${place.passwordFile}.`);
      if (server.exited() || Date.now() > deadline)
        throw new StartError(`The database in ${place.folder} did not start; the end of ${place.logFile} says why.`);
      await sleep(30);
    }
  }
  return { url: url(DATABASE), port: server.port, pid: server.pid, adopted, stop: () => stop(place, server.pid) };
}

function readPassword(place: Place): string {
  try {
    return readFileSync(place.passwordFile, "utf8").trim();
  } catch {
    throw new StartError(`The password of the database cannot be read: ${place.passwordFile}.`);
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [DATABASE]);
    if (!rowCount) await client.query(`CREATE DATABASE ${DATABASE}`);
  } catch (error) {
    if ((error as { code?: string }).code !== "42P04") throw error; // another start made it first
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** SIGINT is PostgreSQL's fast stop: roll back, write a checkpoint, end. Never SIGKILL: the next start would recover. */
async function stop(place: Place, pid: number): Promise<void> {
  if (runningPostmaster(place.cluster)?.pid !== pid) return;
  process.kill(pid, "SIGINT");
  const deadline = Date.now() + STOP_MS;
  // The process itself, not its file: PostgreSQL removes the file a moment before it is gone.
  while (isAlive(pid) && Date.now() < deadline) await sleep(20);
}
