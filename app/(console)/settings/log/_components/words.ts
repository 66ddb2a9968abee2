import type { Tone } from "@/components/ui/badge";
import type { PartitionDto, Wait } from "@/lib/audit/retention/schema";

/** Client-safe: how the log's keeping is told. */

export const STATE_TONES: Record<PartitionDto["state"], Tone> = {
  ahead: "neutral",
  hot: "allow",
  closed: "neutral",
  held: "expiring",
  archived: "revoked",
};

export const STATE_WORDS: Record<PartitionDto["state"], string> = {
  ahead: "made ahead",
  hot: "written now",
  closed: "closed",
  held: "held",
  archived: "archived",
};

/** What keeps a partition, as the end of a line. */
export const WAIT_WORDS: Record<Wait, string> = {
  policy: "kept for ever",
  age: "not old enough",
  hold: "under legal hold",
  indexing: "its indexes are not done yet",
  signing: "not wholly signed yet",
  sink: "a place that the log is shipped to has not got all of it",
  readers: "alerts and badges have not read all of it",
};

/** `2026-03-01 14:00`, UTC, by the day where it begins with one. */
export const moment = (at: string): string => {
  const text = at.slice(0, 16).replace("T", " ");
  return text.endsWith(" 00:00") ? text.slice(0, 10) : text;
};

/** A time of the log, open ends in words. */
export function spanWords(from: string | null, to: string | null): string {
  if (from === null) return to === null ? "all of the log" : `everything before ${moment(to)}`;
  return to === null ? `everything from ${moment(from)} on` : `${moment(from)} to ${moment(to)}`;
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** A size in its largest unit: `1.4 GB`. */
export function sizeWords(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`;
}
