/** What must never be seen of the log, whatever is killed. */
export const LOG_VIOLATIONS = {
  gap: "an index of the log is missing, or stands twice",
  entry_missing: "a decision or a change was answered, and its entry is not in the log as often as it should be",
  entry_changed: "an entry that was committed is gone, or another",
  beyond_commit: "more is signed than is committed",
  ahead_of_commit: "an anchor has a checkpoint that the database has not",
  not_kept: "a checkpoint that somebody was given is not in the database any more",
  not_anchored: "a keeper stopped in order, and an anchor lacks the newest checkpoint",
  tiles_apart: "tiles and checkpoint are not there together",
  shrunk: "a smaller tree came after a larger one",
  fork: "two trees of one size have different roots",
  inconsistent: "a tree does not go on from an earlier one",
  verify: "the log as a whole does not verify against what was published",
  behind: "the keeper does not catch up",
  sink_gap: "a sink left something out",
  sink_double: "a sink sent something again for no reason",
  sink_torn: "a batch came again in another form",
} as const;

export type LogViolationKind = keyof typeof LOG_VIOLATIONS;
export type LogViolation = { kind: LogViolationKind; what: string };

/** One violation as a line. */
export const logViolationText = ({ kind, what }: LogViolation): string => `${kind} (${LOG_VIOLATIONS[kind]}): ${what}`;

/** Something that may end a process in the middle of its work, from then until all works again; by the runner's clock, ms. */
export type Disruption = { kind: string; atMs: number; healedMs: number };
