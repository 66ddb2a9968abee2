import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Processor time (s) and memory (bytes) of a process and everything below it. */
export type Usage = { cpuSeconds: number; rssBytes: number };

/** True where the system tells what processes use; elsewhere usage is not measured. */
export const usageIsKnown = existsSync("/proc/self/stat");

const setting = (name: string) => (usageIsKnown ? Number(execFileSync("getconf", [name], { encoding: "utf8" })) : 1);
const TICKS_PER_SECOND = setting("CLK_TCK");
const PAGE_BYTES = setting("PAGESIZE");

type Row = { parent: number; ticks: number; pages: number };

function table(): Map<number, Row> {
  const rows = new Map<number, Row>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const row = rowOf(name);
    if (row) rows.set(Number(name), row);
  }
  return rows;
}

function rowOf(pid: string): Row | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const field = (nth: number) => Number(fields[nth - 3]); // proc_pid_stat(5) counts from 1; the first two are cut off
    // With the time of children that have ended: a database's worker that comes and goes counts, too.
    return { parent: field(4), ticks: field(14) + field(15) + field(16) + field(17), pages: field(24) };
  } catch {
    return null; // ended meanwhile
  }
}

/** What each of some processes uses with everything below it, in one look. Zero where the system does not tell. */
export function usageOf(roots: readonly number[]): Usage[] {
  if (!usageIsKnown) return roots.map(() => ({ cpuSeconds: 0, rssBytes: 0 }));
  const rows = table();
  const children = new Map<number, number[]>();
  for (const [pid, { parent }] of rows) children.set(parent, [...(children.get(parent) ?? []), pid]);
  const sum = (pid: number): Usage => {
    const own = rows.get(pid);
    const below = (children.get(pid) ?? []).map(sum);
    return {
      cpuSeconds: below.reduce((total, { cpuSeconds }) => total + cpuSeconds, (own?.ticks ?? 0) / TICKS_PER_SECOND),
      rssBytes: below.reduce((total, { rssBytes }) => total + rssBytes, (own?.pages ?? 0) * PAGE_BYTES),
    };
  };
  return roots.map(sum);
}

/** The process below `root` that has these words in its command line; 0 where there is none. */
export function childOf(root: number, words: string): number {
  if (!usageIsKnown) return 0;
  const rows = table();
  const isBelow = (pid: number): boolean => {
    const parent = rows.get(pid)?.parent;
    return parent === root || (parent !== undefined && parent > 0 && isBelow(parent));
  };
  for (const pid of rows.keys()) if (isBelow(pid) && commandOf(pid).includes(words)) return pid;
  return 0;
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return ""; // ended meanwhile
  }
}
