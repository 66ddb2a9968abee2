import type { Database } from "./database";
import type { Options } from "./options";
import type { Findings } from "./report/goals";

/** What a scenario is given. */
export type Stage = {
  database: Database;
  /** A folder of the bench's own. */
  folder: string;
  options: Options;
  /** What scenarios tell those that come after them. */
  findings: Findings;
  /** Says what is under way. */
  say: (line: string) => void;
};

/** What a scenario found. */
export type Report = {
  /** For the terminal. */
  text: string;
  /** For `docs/measurements.md`. */
  markdown: string;
  /** The figures, and every single run. */
  data: Record<string, unknown>;
  records: unknown;
  /** SVG files by name. */
  charts: Record<string, string>;
};
