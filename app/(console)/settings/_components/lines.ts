/** Client-safe: a list as a form holds it, an entry a line. */

export const toLines = (entries: readonly string[]): string => entries.join("\n");

export const fromLines = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
