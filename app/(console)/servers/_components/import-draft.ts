/** Client-safe: what is typed before an import. Header values live in the page's memory alone. */

export type HeaderRow = { id: number; name: string; value: string };
export type ImportDraft = { url: string; headers: readonly HeaderRow[] };

const HEADER_NAME = /^[A-Za-z0-9-]{1,100}$/;

/** The rows that count: those with anything in them. */
const filled = (draft: ImportDraft) => draft.headers.filter(({ name, value }) => name.trim() !== "" || value !== "");

/** What is wrong with a row's name, or null. */
export function headerNameError(draft: ImportDraft, row: HeaderRow): string | null {
  const name = row.name.trim();
  if (name === "") return row.value === "" ? null : "Name the header.";
  if (!HEADER_NAME.test(name)) return "Letters, digits and hyphens only.";
  const first = filled(draft).find((other) => other.name.trim().toLowerCase() === name.toLowerCase());
  return first && first.id !== row.id ? "Given twice." : null;
}

/** The draft as the input of `importTools`. Call it where no row is faulty. */
export function toImportInput(draft: ImportDraft) {
  return {
    url: draft.url.trim() || undefined,
    headers: Object.fromEntries(filled(draft).map(({ name, value }) => [name.trim(), value])),
  };
}

/** Why the server cannot be asked yet, or null. */
export function missingInImport(draft: ImportDraft): string | null {
  if (!/^https?:\/\/\S/.test(draft.url.trim())) return "Give an http or https address first";
  return draft.headers.some((row) => headerNameError(draft, row) !== null) ? "Correct the headers first" : null;
}
