/** An entry that matches: its place in the log, and ms of Unix time. */
export type Match = { idx: number; atMs: number };

/** What is known of an alert between two looks at the log. */
export type AlertState = {
  /** The newest matches that count for the threshold, oldest first. */
  recent: readonly Match[];
  /** Matches that belong to what will be told next, and the first of them. */
  untold: number;
  untoldFrom: number | null;
  /** The threshold was reached, and has not been told yet. */
  reached: boolean;
  firedAtMs: number | null;
};
export type AlertTerms = { threshold: number; windowMs: number };

/** The state after further matches, in their order. Once the threshold is reached, every match counts until it is told. */
export function withMatches(state: AlertState, { threshold, windowMs }: AlertTerms, matches: readonly Match[]): AlertState {
  let { untold, untoldFrom, reached } = state;
  let recent = [...state.recent];
  for (const match of matches) {
    recent = [...recent.filter(({ atMs }) => atMs > match.atMs - windowMs), match].slice(-threshold);
    if (!reached) [untold, untoldFrom] = [recent.length, recent[0]?.idx ?? null];
    else untold++;
    reached ||= recent.length >= threshold;
  }
  return { ...state, recent, untold, untoldFrom, reached };
} // prettier-ignore

/** True where it is to be told now: the threshold was reached, and the last time is a whole window ago. */
export const isDue = ({ reached, firedAtMs }: AlertState, { windowMs }: AlertTerms, nowMs: number): boolean =>
  reached && (firedAtMs === null || nowMs - firedAtMs >= windowMs);

/** The state after it was told: the same entries are never told again. */
export const told = (nowMs: number): AlertState => ({
  ...{ recent: [], untold: 0, untoldFrom: null, reached: false, firedAtMs: nowMs },
});
