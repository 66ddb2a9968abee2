import { anchorOf } from "@/lib/audit/anchor/anchor";
import { newestCheckpoint } from "@/lib/audit/tree/store";
import { env } from "@/lib/env";
import { repeated, type Job, type Turn } from "./job";

/** How far what is remembered outside may be behind what was signed, ms. */
const EVERY_MS = 60_000;
/** How often a new checkpoint is looked for, ms. */
const LOOK_MS = 1_000;

/** Sends checkpoints to each place outside the database: the first at once, then once a minute while there are new ones. */
export function anchors(): Job[] {
  return (env().GATEHOUSE_AUDIT_ANCHOR ?? []).map((place, nth) => anchorJob(place, nth));
}

function anchorJob(place: string, nth: number): Job {
  const anchor = anchorOf(place);
  let kept = { size: 0, at: Number.NEGATIVE_INFINITY };
  const keep = async ({ client }: Turn) => {
    const newest = await newestCheckpoint(client);
    if (!newest || newest.size === kept.size) return;
    await anchor.keep(newest);
    kept = { size: newest.size, at: Date.now() };
  };
  return repeated({
    name: `anchor-${nth + 1}`,
    everyMs: LOOK_MS,
    round: async (turn) => {
      if (Date.now() - kept.at >= EVERY_MS) await keep(turn);
      return "done";
    },
    last: keep,
  });
}
