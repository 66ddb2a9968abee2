/** One word or phrase of a free text; a leading `-` means that it must not occur. */
export type Term = { text: string; negated: boolean };

const MAX_TERMS = 10;
const TERM = /(-?)"([^"]*)"?|(-?)(\S+)/g;

/** Reads a free text: words and "quoted phrases", all of which must occur; `-word` must not. At most ten. */
export function parseTerms(q: string): Term[] {
  return [...q.matchAll(TERM)]
    .map(([, dash, phrase, wordDash, word]) => ({
      text: phrase ?? word ?? "",
      negated: (phrase === undefined ? wordDash : dash) === "-",
    }))
    .filter(({ text }) => text.trim() !== "" && text !== "-")
    .slice(0, MAX_TERMS);
}

/**
 * The LIKE pattern by which a term is found in a stored body: written as JSON writes it (`"` is `\"` there), and with
 * LIKE's own signs taken literally.
 */
export function likePattern(text: string): string {
  const asJson = JSON.stringify(text.toWellFormed()).slice(1, -1);
  return `%${asJson.replace(/[\\%_]/g, "\\$&")}%`;
}
