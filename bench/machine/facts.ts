import { execFileSync } from "node:child_process";
import { cpus, release, totalmem, type } from "node:os";
import { memoryReadNs } from "./memory";

/** Where and of what a measurement was made. */
export type Facts = {
  cores: number;
  cpu: string;
  memoryGiB: number;
  /** One read of memory that no cache foresees, ns, before anything else ran. */
  memoryReadNs: number;
  system: string;
  node: string;
  postgresql: string;
  /** Commit of Gatehouse, with `+` where files differ from it. */
  commit: string;
  /** RFC 3339. */
  at: string;
};

function git(...args: string[]): string {
  try {
    return execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return ""; // a copy without its history
  }
}

/** The facts of this machine. `postgresql` is the server's own `server_version`. */
export function machineFacts(postgresql: string): Facts {
  const changed = git("status", "--porcelain", "--untracked-files=no") !== "";
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    memoryReadNs: memoryReadNs(),
    system: `${type()} ${release()}`,
    node: process.version,
    postgresql,
    commit: (git("rev-parse", "--short", "HEAD") || "unknown") + (changed ? "+" : ""),
    at: new Date().toISOString(),
  };
}
