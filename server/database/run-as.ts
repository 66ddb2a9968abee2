import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";

/** The user that a child process runs as; empty where it is our own. */
export type RunAs = { uid?: number; gid?: number };

type PasswdLine = { name: string; uid: number; gid: number };

function passwd(): PasswdLine[] {
  if (!existsSync("/etc/passwd")) return [];
  return readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"))
    .filter((fields) => fields.length >= 4)
    .map(([name = "", , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
}

/**
 * PostgreSQL refuses to run as root. As root this picks the user that owns `cluster`, else `postgres`, else `nobody`:
 * one with a line in /etc/passwd, because initdb looks itself up there.
 */
export function runAs(cluster: string): RunAs {
  if (process.getuid?.() !== 0) return {};
  const owner = existsSync(cluster) ? statSync(cluster).uid : 0;
  const users = passwd();
  const chosen =
    users.find((user) => owner !== 0 && user.uid === owner) ??
    users.find((user) => user.name === "postgres") ??
    users.find((user) => user.name === "nobody");
  return chosen ? { uid: chosen.uid, gid: chosen.gid } : { uid: 65534, gid: 65534 };
}

/** True where that user may enter the folder: every folder above it has to let it through. */
export function mayEnter(folder: string, as: RunAs): boolean {
  if (as.uid === undefined) return true;
  return spawnSync("/bin/sh", ["-c", 'cd "$0"', folder], { ...as, cwd: "/", stdio: "ignore" }).status === 0;
}
