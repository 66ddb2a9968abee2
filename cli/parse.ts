import { parseArgs, type ParseArgsConfig } from "node:util";
import type { Command, Given } from "./command";
import { usageError } from "./failure";

/** What was typed after the noun and the verb. Throws a usage error, in one sentence. */
export function parseGiven(command: Command, args: readonly string[]): Given & { json: boolean; help: boolean } {
  const { values, positionals } = parse(command, args);
  const text = (flag: string): string | undefined => {
    const value = values[flag];
    return typeof value === "string" ? value : undefined;
  };
  const given = {
    text,
    need: (flag: string) => text(flag) ?? "",
    list: (flag: string) => {
      const value = values[flag];
      return Array.isArray(value) ? value.flatMap((one) => splitList(String(one))) : undefined;
    },
    on: (flag: string) => values[flag] === true,
    words: positionals,
    json: values.json === true,
    help: values.help === true,
  };
  if (!given.help) requireWhole(command, values, positionals);
  return given;
}

function parse(command: Command, args: readonly string[]) {
  const options: NonNullable<ParseArgsConfig["options"]> = {
    json: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  };
  for (const [flag, { type, multiple }] of Object.entries(command.flags))
    options[flag] = { type, multiple: multiple ?? false };
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const said = error instanceof Error ? (error.message.split(/\. |\n/)[0] ?? "") : "The flags are not usable";
    throw usageError(`${said.replace(/\.$/, "")}. Try: gatehouse ${command.noun} ${command.verb} --help`);
  }
}

/** `a,b` is two; a header or a note may hold commas of its own, so a space after one keeps it whole. */
function splitList(text: string): string[] {
  return text
    .split(/,(?! )/)
    .map((part) => part.trim())
    .filter(Boolean);
}

function requireWhole(command: Command, values: Record<string, unknown>, words: readonly string[]): void {
  const missing = Object.entries(command.flags).find(([flag, { required }]) => required && values[flag] === undefined);
  if (missing) throw usageError(`--${missing[0]} is needed. Try: gatehouse ${command.noun} ${command.verb} --help`);
  const { min, max, usage } = command.words ?? { min: 0, max: 0, usage: "" };
  if (words.length < min) throw usageError(`${usage} is needed. Try: gatehouse ${command.noun} ${command.verb} --help`);
  if (words.length > max) throw usageError(`"${words[max] ?? ""}" is one word too many.`);
}
