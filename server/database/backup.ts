import { chownSync, copyFileSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import pg from "pg";
import { StartError } from "../start-error";

/** What every server makes anew: PostgreSQL's own list of what a base backup need not hold. */
const LEFT_OUT = new Set([
  "postmaster.pid",
  "postmaster.opts",
  "pg_replslot",
  "pg_dynshmem",
  "pg_notify",
  "pg_serial",
  "pg_snapshots",
  "pg_stat_tmp",
  "pg_subtrans",
]);
const WAL = "pg_wal";
const CLUSTER = "cluster";
const PASSWORD = "password";

const NOT_OURS =
  "Only the embedded database is backed up by this command: the one that DATABASE_URL names is, like any other, with pg_dump or a base backup.";

/**
 * Copies the embedded database, while it goes on working, into a new folder that can be used as a data folder once the
 * secret is put there: PostgreSQL's low-level base backup. It holds everything that was committed before the copying ended,
 * and starts like a server that lost its power. Runs on the machine of the server. Throws `StartError`.
 */
export async function backUpEmbedded(options: { url: string; to: string }): Promise<void> {
  const to = resolve(options.to);
  const client = new pg.Client({ connectionString: options.url, application_name: "gatehouse backup" });
  client.on("error", () => undefined);
  await client.connect();
  try {
    const folder = await folderOf(client, options.url);
    makeTarget(to, folder);
    const copy = join(to, basename(folder));
    await copyCluster(client, join(folder, CLUSTER), join(copy, CLUSTER));
    copyFile(join(folder, PASSWORD), join(copy, PASSWORD));
  } finally {
    await client.end();
  }
}

/** The folder that holds cluster and password. A server whose password does not lie beside its cluster is not ours. */
async function folderOf(client: pg.Client, url: string): Promise<string> {
  try {
    const { rows } = await client.query<{ data_directory: string }>("SHOW data_directory");
    const cluster = rows[0]?.data_directory ?? "";
    const folder = dirname(cluster);
    const password = readFileSync(join(folder, PASSWORD), "utf8").trim();
    if (basename(cluster) === CLUSTER && password === decodeURIComponent(new URL(url).password)) return folder;
  } catch {
    // another machine's folder, or a login that may not ask for it
  }
  throw new StartError(NOT_OURS);
}

async function copyCluster(client: pg.Client, cluster: string, to: string): Promise<void> {
  // The slot keeps what is written meanwhile from being recycled before it is copied; it ends with this connection.
  await client.query("SELECT pg_create_physical_replication_slot('gatehouse_backup_' || pg_backend_pid(), true, true)");
  await client.query("SELECT pg_backup_start('gatehouse', true)");
  copyFolder(cluster, to, (name) => name === WAL || LEFT_OUT.has(name));
  const { rows } = await client.query<{ label: string }>("SELECT labelfile AS label FROM pg_backup_stop(false)");
  copyFolder(join(cluster, WAL), join(to, WAL), () => false);
  const label = join(to, "backup_label");
  writeFileSync(label, rows[0]?.label ?? "", { mode: 0o600 });
  own(label, cluster);
}

/** A new folder: one that is there may hold something. Like the data folder, PostgreSQL's user must get through it. */
function makeTarget(to: string, like: string): void {
  try {
    mkdirSync(to, { mode: 0o755 });
    mkdirSync(join(to, basename(like)), { mode: 0o755 });
  } catch (error) {
    throw new StartError(`The backup cannot be made in ${to}: ${(error as Error).message}.`);
  }
}

/** What goes away while it is copied was not needed: the changes that removed it are in the log. */
function copyFolder(from: string, to: string, leaveOut: (name: string) => boolean): void {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  own(to, from);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (leaveOut(entry.name)) {
      if (entry.isDirectory()) emptyFolder(target, source);
    } else if (entry.isDirectory()) copyFolder(source, target, (name) => name.startsWith("pgsql_tmp"));
    else copyFile(source, target);
  }
}

function emptyFolder(path: string, like: string): void {
  mkdirSync(path, { mode: 0o700 });
  own(path, like);
}

function copyFile(source: string, target: string): void {
  try {
    copyFileSync(source, target);
    own(target, source);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** As root the server runs as another user, to whom its files belong. */
function own(path: string, like: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = lstatSync(like);
  chownSync(path, uid, gid);
}
