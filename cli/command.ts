import type { z } from "zod";
import type { Ctx } from "@/lib/ctx";
import { parseWith } from "@/lib/http/parse";

/** One flag of a command. */
export type Flag = {
  type: "string" | "boolean";
  /** May be repeated; each may also hold several, separated by commas. */
  multiple?: boolean;
  /** What stands for its value in the help: `<id|name>`. */
  value?: string;
  help: string;
  required?: boolean;
};

export type Flags = Readonly<Record<string, Flag>>;

/** What was typed, by flag. */
export type Given = {
  /** A text flag, or undefined where it was left out. */
  text: (flag: string) => string | undefined;
  /** A required text flag. */
  need: (flag: string) => string;
  /** A flag that takes a list; undefined where it was left out. */
  list: (flag: string) => string[] | undefined;
  /** A flag without a value. */
  on: (flag: string) => boolean;
  /** What stands beside the flags. */
  words: readonly string[];
};

/** What a command answers: `json` with `--json`, else `text`; `note` goes to standard error, for people. */
export type Outcome = {
  json: unknown;
  text: string;
  note?: string;
  /** True where the answer itself is bad news (a log that does not verify): the process ends with 1. */
  bad?: boolean;
};

/** One command, `gatehouse <noun> <verb>`. */
export type Command = {
  noun: string;
  verb: string;
  summary: string;
  /** What stands beside the flags: `<id|name>`. */
  words?: { usage: string; min: number; max: number };
  flags: Flags;
  examples: readonly string[];
  /** `streams` commands write their answer themselves, as it comes. */
  run: (ctx: Ctx, given: Given) => Promise<Outcome | null>;
};

/** Parses what was typed with the schema that the API uses for the same call; undefined fields are left out. */
export function inputOf<S extends z.ZodType>(schema: S, fields: Record<string, unknown>): z.output<S> {
  return parseWith(schema, Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)));
}

/** Said beside every new secret. */
export const SHOWN_ONCE = "Keep it: it is shown this once.";
