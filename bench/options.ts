import { parseArgs } from "node:util";
import { TARGETS } from "./targets";

const SCENARIOS = ["peers", "million", "flood", "revocation", "oauth", "audit"] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** What the command was asked for. */
export type Options = {
  scenarios: Scenario[];
  /** Counted time of one run. */
  seconds: number;
  rounds: number;
  /** Ids of targets; empty for all. */
  only: string[];
  /** Live tokens of each target. */
  tokens: number;
  /** Live tokens of the scenario `million`. */
  million: number;
  /** Entries of the scenario `audit`. */
  entries: number;
  /** Rates of open loops: shares of a target's own capacity, and calls per second that are the same for all. */
  shares: number[];
  rates: number[];
  /** Puts the results into `docs/`. */
  write: boolean;
  help: boolean;
};

/** A wish that cannot be met, as one sentence. */
export class OptionError extends Error {}

export const HELP = `npm run bench -- [options]        (or the environment: BENCH_SECONDS=10 …)

  --scenario peers,revocation     what to measure: peers (where not said), million, flood, revocation, oauth, audit, or all
  --seconds 6                     counted time of each run
  --rounds 3                      how often each target is visited
  --only echo,gatehouse-durable   these targets alone: ${TARGETS.map(({ id }) => id).join(", ")}
  --tokens 5000                   live tokens of each target
  --million 1000000               live tokens of the scenario of that name
  --entries 10000000              entries of the log of the scenario audit; it stays in bench/.data for a second run
  --shares 0.25,0.5,0.75          open loop at these shares of each target's own capacity
  --rates 200,1000,3000           open loop at these calls per second, where a target can
  --quick                         one short round, to see that all works: its figures mean little
  --write                         put the results into docs/measurements.md and docs/measurements/
`;

const QUICK = { seconds: "1.5", rounds: "1", shares: "0.5", rates: "200", million: "100000", entries: "200000" };
const USUAL = {
  seconds: "6",
  rounds: "3",
  shares: "0.25,0.5,0.75",
  rates: "200,1000,3000",
  million: "1000000",
  entries: "10000000",
};

function list(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value))
    throw new OptionError(`--${name} must be a number above 0, not ${text}.`);
  return value;
}

function known<T extends string>(name: string, asked: string[], all: readonly T[]): T[] {
  for (const one of asked)
    if (!all.includes(one as T)) throw new OptionError(`--${name}: there is no ${one}; there are ${all.join(", ")}.`);
  return asked as T[];
}

/** Reads arguments and environment. Throws `OptionError`. */
export function readOptions(args: readonly string[], env: Record<string, string | undefined>): Options {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      scenario: text,
      seconds: text,
      rounds: text,
      only: text,
      tokens: text,
      million: text,
      entries: text,
      shares: text,
      rates: text,
      quick: flag,
      write: flag,
      help: flag,
    },
  });
  const defaults: Record<string, string> = (values.quick ?? Boolean(env.BENCH_QUICK)) ? QUICK : USUAL;
  const value = (
    name: "scenario" | "seconds" | "rounds" | "only" | "tokens" | "million" | "entries" | "shares" | "rates",
    otherwise = "",
  ) => values[name] ?? env[`BENCH_${name.toUpperCase()}`] ?? defaults[name] ?? otherwise;
  const scenarios = value("scenario", "peers");
  return {
    scenarios: scenarios === "all" ? [...SCENARIOS] : known("scenario", list(scenarios), SCENARIOS),
    seconds: positive("seconds", value("seconds")),
    rounds: Math.ceil(positive("rounds", value("rounds"))),
    only: known(
      "only",
      list(value("only")),
      TARGETS.map(({ id }) => id),
    ),
    tokens: Math.ceil(positive("tokens", value("tokens", "5000"))),
    million: Math.ceil(positive("million", value("million"))),
    entries: Math.ceil(positive("entries", value("entries"))),
    shares: list(value("shares")).map((share) => positive("shares", share)),
    rates: list(value("rates")).map((rate) => positive("rates", rate)),
    write: values.write ?? false,
    help: values.help ?? false,
  };
}
