import { describe, qualifierOf, type QualifierName } from "./qualifiers";

/** What can be completed at the caret: the name of a qualifier, or a value of one. `[from, to)` is what a choice replaces. */
export type Completion = { from: number; to: number; typed: string } & (
  { kind: "qualifier" } | { kind: "value"; name: QualifierName }
);

const NAME = /^([A-Za-z][A-Za-z0-9_.-]*):/;

/** The start of the word at the caret, behind any parenthesis and minus; null within a phrase. */
function startOfWord(text: string, caret: number): number | null {
  let start = 0;
  let quoted = false;
  for (let at = 0; at < caret; at++) {
    const sign = text[at] ?? "";
    if (sign === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (/\s/.test(sign) || (at === start && (sign === "(" || sign === "-"))) start = at + 1;
  }
  return quoted && !NAME.test(text.slice(start)) ? null : start;
}

/** Where the piece at the caret ends: a space, a comma or a parenthesis. */
function endOfPiece(text: string, caret: number): number {
  const rest = /^[^\s,)"]*/.exec(text.slice(caret));
  return caret + (rest?.[0].length ?? 0);
}

/** Where the value at the caret starts: behind the colon, a comma, and where it is measured an operator or the dots of a range. */
function startOfValue(text: string, start: number, caret: number, name: QualifierName): number {
  let at = start;
  let quoted = false;
  for (let i = start; i < caret; i++) {
    if (text[i] === '"') quoted = !quoted;
    else if (text[i] === "," && !quoted) at = i + 1;
  }
  if (!["time", "integer", "milliseconds"].includes(describe(name).reading)) return at;
  const measured = /^(?:>=|<=|>|<|.*\.\.)/.exec(text.slice(at, caret));
  return at + (measured?.[0].length ?? 0);
}

/** What is being typed at the caret; null where nothing of a query's own words is. */
export function completionAt(text: string, caret: number): Completion | null {
  const start = startOfWord(text, caret);
  if (start === null) return null;
  const written = NAME.exec(text.slice(start, caret))?.[1];
  const to = endOfPiece(text, caret);
  if (written === undefined) {
    const typed = text.slice(start, caret);
    return /^[A-Za-z_]*$/.test(typed) ? { kind: "qualifier", from: start, to, typed } : null;
  }
  const name = qualifierOf(written);
  if (name === null) return null;
  const from = startOfValue(text, start + written.length + 1, caret, name);
  return { kind: "value", name, from, to, typed: text.slice(from, caret).replace(/^\*?"?/, "") };
}

/** The text with a choice in its place, and where the caret then stands: a value is followed by a space. */
export function completed(
  text: string,
  { from, to, kind }: Completion,
  choice: string,
): { text: string; caret: number } {
  const space = kind === "value" && !/^\s/.test(text.slice(to)) ? " " : "";
  const next = text.slice(0, from) + choice + space + text.slice(to);
  return { text: next, caret: from + choice.length + (kind === "value" ? 1 : 0) };
}
