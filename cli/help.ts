import type { Command } from "./command";
import { table } from "./table";

const EXITS = `Exit codes: 0 done, 1 failed, 2 used wrongly, 3 not found, 4 refused or unavailable.`;
const PLACES = `It works on DATABASE_URL, else on the database in GATEHOUSE_DATA_DIR (.data), also beside a running Gatehouse.`;

const indent = (text: string): string =>
  text
    .split("\n")
    .map((line) => `  ${line}`.trimEnd())
    .join("\n");

/** Rows as an indented table without a heading. */
const rows = (items: readonly (readonly string[])[]): string =>
  indent(
    table(items[0]?.map(() => "") ?? [], items)
      .split("\n")
      .slice(1)
      .join("\n"),
  );

/** The help of everything, or of one noun. */
export function helpFor(commands: readonly Command[], noun?: string): string {
  const shown = commands.filter((command) => noun === undefined || command.noun === noun);
  return [
    `Usage: gatehouse ${noun ?? "<noun>"} <verb> [flags] [--json]`,
    "",
    rows(shown.map((command) => [`${command.noun} ${command.verb}`, command.summary])),
    "",
    `gatehouse ${noun ?? "<noun>"} <verb> --help tells more of each. With --json the answer, or the error, is JSON.`,
    "Wherever a thing is named, its id or its name, slug or e-mail address will do.",
    PLACES,
    EXITS,
  ].join("\n");
}

/** The help of one command. */
export function helpForCommand(command: Command): string {
  const flags = Object.entries(command.flags).map(([name, flag]) => [
    `--${name}${flag.value ? ` ${flag.value}` : ""}`,
    [flag.help, flag.required ? "(needed)" : "", flag.multiple ? "(may be repeated)" : ""].filter(Boolean).join(" "),
  ]);
  return [
    `Usage: gatehouse ${command.noun} ${command.verb}${command.words ? ` ${command.words.usage}` : ""} [flags]`,
    "",
    command.summary,
    "",
    rows([...flags, ["--json", "Answer, or fail, in JSON"]]),
    "",
    "Examples:",
    ...command.examples.map((example) => `  ${example}`),
  ].join("\n");
}
