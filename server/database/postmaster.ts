import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** A PostgreSQL that runs on a cluster folder. */
export type Postmaster = { pid: number; port: number };

/** The command line of a process; null where there is none, or it has ended. */
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

/**
 * True where a process of that id runs, ours or not. One that has ended and only waits to be collected does not count:
 * in a container whose first process collects no orphans, it would wait for ever.
 */
export function isAlive(pid: number): boolean {
  return answersSignals(pid) && !isZombie(pid);
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** On Linux alone: elsewhere the first process collects every orphan at once. */
function isZombie(pid: number): boolean {
  if (process.platform !== "linux") return false;
  try {
    // `pid (name) state …`: the name may itself hold spaces and parentheses.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}

/**
 * The PostgreSQL that runs on this cluster, by its `postmaster.pid` (line 1 the pid, line 4 the port), or null. Removes a
 * stale file whose number now belongs to another program or to a zombie: PostgreSQL itself asks only whether the number
 * is taken, and would refuse to start over it for ever. (It still finds a dead server's children by their memory.)
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
  if (command !== null || isZombie(pid)) rmSync(file, { force: true });
  return null;
}
