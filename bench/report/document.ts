import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { format, resolveConfig } from "prettier";

const markers = (name: string) =>
  [`<!-- bench:${name}, written by npm run bench -- --write -->`, `<!-- /bench:${name} -->`] as const;

/** The text with its section of that name replaced, or with one at its end. */
export function withSection(text: string, name: string, section: string): string {
  const [begin, end] = markers(name);
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  const whole = `${begin}\n\n${section.trim()}\n\n${end}`;
  if (from < 0 || to < from) return `${text.trimEnd()}\n\n${whole}\n`;
  return text.slice(0, from) + whole + text.slice(to + end.length);
}

/** Writes a file, formatted as the project's files are. */
async function writeFormatted(file: string, text: string): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}

/** Replaces a generated section of `docs/measurements.md`. */
export async function writeSection(name: string, section: string): Promise<void> {
  const file = "docs/measurements.md";
  await writeFormatted(file, withSection(readFileSync(file, "utf8"), name, section));
}

const beside = (name: string) => `docs/measurements/${name}`;

/** What was written to a file of `docs/measurements/`; null where nothing was. */
export function readBeside(name: string): string | null {
  return existsSync(beside(name)) ? readFileSync(beside(name), "utf8") : null;
}

/** Writes a file of `docs/measurements/`; what is not JSON stays as it is. */
export async function writeBeside(name: string, content: string): Promise<void> {
  const file = beside(name);
  if (name.endsWith(".json")) return writeFormatted(file, content);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
