import { readFileSync } from "node:fs";
import { usageError } from "./failure";

const NUMBERS = new Set(["port", "facility", "flushSeconds"]);

/** A file's text; `-` is standard input. Throws a usage error where it cannot be read. */
export function readText(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8").trim();
  } catch {
    throw usageError(`${file} cannot be read.`);
  }
}

function valueOf(key: string, text: string): unknown {
  if (text.startsWith("@")) return readText(text.slice(1));
  if (text === "true" || text === "false") return text === "true";
  return NUMBERS.has(key) && /^\d{1,9}$/.test(text) ? Number(text) : text;
}

/** `url=https://…`, `labels.env=prod`, `caPem=@ca.pem`: settings as the API takes them. `key=` takes one out. */
export function settingsFrom(
  given: readonly string[],
  before: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const settings: Record<string, unknown> = structuredClone(before);
  for (const text of given) {
    const [, key = "", inner, value = ""] = /^(\w+)(?:\.(\w+))?=([\s\S]*)$/.exec(text) ?? [];
    if (key === "") throw usageError(`"${text}" is no setting: write key=value.`);
    if (inner === undefined && value === "") delete settings[key];
    else if (inner === undefined) settings[key] = valueOf(key, value);
    else settings[key] = { ...(settings[key] as object | undefined), [inner]: value };
  }
  return settings;
}
