import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** A PostgreSQL that runs on a cluster folder. */
export type Postmaster = { pid: number; port: number };

/** The command line of a process; null where there is none, or it is a zombie. */
function commandOf(pid: number): string | null {
  if (process.platform === "linux") {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ") || null;
    } catch {
      return null;
    }
  }
  if (process.platform === "win32") return isAlive(pid) ? "postgres" : null;
  const { status, stdout } = spawnSync("ps", ["-p", String(pid), "-o", "command="], { encoding: "utf8" });
  return status === 0 ? stdout : null;
}

/** True where a process of that id exists, ours or not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * The PostgreSQL that runs on this cluster, by its `postmaster.pid` (line 1 the pid, line 4 the port), or null. Removes a
 * stale file whose number now belongs to another program: PostgreSQL itself would refuse to start over it for ever.
 */
export function runningPostmaster(cluster: string): Postmaster | null {
  const file = join(cluster, "postmaster.pid");
  let lines: string[];
  try {
    lines = readFileSync(file, "utf8").split("\n");
  } catch {
    return null;
  }
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  const command = commandOf(pid);
  if (command?.includes("postgres")) return port > 0 ? { pid, port } : null;
  if (command !== null) rmSync(file, { force: true });
  return null;
}
