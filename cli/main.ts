import { userInfo } from "node:os";
import { jobCtx } from "@/lib/job-ctx";
import { StartError } from "@/server/start-error";
import { EnvError } from "@/lib/env";
import type { Command, Outcome } from "./command";
import { commands } from "./commands";
import { connect } from "./connect";
import { CliError, EXIT, toCliError, usageError, type ExitCode } from "./failure";
import { helpFor, helpForCommand } from "./help";
import { parseGiven } from "./parse";

/** Who runs it, for the log: the account on the machine. */
function account(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`; // no line in passwd
  }
}

const cliCtx = () => jobCtx("cli", `gatehouse command line (${account()})`);

function find(noun: string, verb: string): Command {
  const found = commands.find((command) => command.noun === noun && command.verb === verb);
  if (found) return found;
  const known = commands.filter((command) => command.noun === noun).map((command) => command.verb);
  if (known.length === 0) throw usageError(`There is no "${noun}". Try: gatehouse --help`);
  throw usageError(`There is no "${noun} ${verb}"; there is ${known.map((one) => `${noun} ${one}`).join(", ")}.`);
}

const isHelp = (word: string | undefined): boolean =>
  word === undefined || word === "--help" || word === "-h" || word === "help";

/** Runs one command line and returns how the process ends. Only the answer goes to standard output. */
async function run(args: readonly string[]): Promise<ExitCode> {
  const [noun, verb, ...rest] = args;
  if (noun === undefined || isHelp(noun)) {
    print(helpFor(commands));
    return noun === undefined ? EXIT.usage : EXIT.ok;
  }
  if (isHelp(verb) && commands.some((command) => command.noun === noun)) {
    print(helpFor(commands, noun));
    return verb === undefined ? EXIT.usage : EXIT.ok;
  }
  const command = find(noun, verb ?? "");
  const given = parseGiven(command, rest);
  if (given.help) {
    print(helpForCommand(command));
    return EXIT.ok;
  }
  const disconnect = await connect();
  try {
    return show(await command.run(cliCtx(), given), given.json);
  } finally {
    await disconnect();
  }
}

function show(outcome: Outcome | null, json: boolean): ExitCode {
  if (outcome === null) return EXIT.ok; // it wrote by itself
  print(json ? JSON.stringify(outcome.json) : outcome.text);
  if (outcome.note && !json) process.stderr.write(`${outcome.note}\n`);
  return outcome.bad ? EXIT.failed : EXIT.ok;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function explain(error: unknown, json: boolean): ExitCode {
  const known = describe(error);
  if (!known) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return EXIT.failed;
  }
  const { code, message, fields } = known;
  process.stderr.write(json ? `${JSON.stringify({ error: { code, message, errors: fields } })}\n` : `${message}\n`);
  return known.exit;
}

function describe(error: unknown): CliError | null {
  if (error instanceof StartError || error instanceof EnvError)
    return new CliError(EXIT.refused, "unavailable", error.message);
  return toCliError(error);
}

// Whoever reads may have enough (`| head`): that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) =>
  process.exit(error.code === "EPIPE" ? EXIT.ok : EXIT.failed),
);

const args = process.argv.slice(2);
process.exitCode = await run(args).catch((error: unknown) => explain(error, args.includes("--json")));
