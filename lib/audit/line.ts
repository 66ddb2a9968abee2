import { ID_PREFIXES } from "@/lib/id";
import { Recent } from "@/lib/recent";
import { redactLine } from "./redact";

const MAX_NAME_CHARS = 512;
/** Ids stand in B-tree indexes, which hold no long keys; a longer one is somebody's invention. */
export const MAX_ID_CHARS = 128;

/**
 * Names, ids and scopes stand in entry after entry: their JSON form is kept. Only of short texts in which there was
 * nothing to redact: memory may be dumped, and no secret must be in it for longer than its request.
 */
const harmless = new Recent<string>(4096);
const MAX_KEPT_CHARS = MAX_ID_CHARS;

/** An id as we make it: lower case and digits after one of our prefixes, in which no shape of a credential can be. */
const OWN_ID = new RegExp(`^(?:${Object.values(ID_PREFIXES).join("|")})_[0-9a-z]{26}$`);

/** Text from outside, made safe to store: redacted, capped, well-formed, and without NUL, which no text column holds. */
export function line(value: string, maxChars = MAX_NAME_CHARS): string {
  return OWN_ID.test(value) || harmless.get(value) !== undefined ? value : cleanLine(value, maxChars);
}

/** `line` as JSON writes it, for a text that is likely to come again. */
export function jsonLine(value: string, maxChars = MAX_NAME_CHARS): string {
  if (OWN_ID.test(value)) return `"${value}"`;
  const known = harmless.get(value);
  if (known !== undefined) return known;
  const clean = cleanLine(value, maxChars);
  const json = JSON.stringify(clean);
  if (clean === value && clean.length <= MAX_KEPT_CHARS) harmless.set(clean, json);
  return json;
}

/** `line` for a text that hardly comes twice, such as the id of a request. */
export function passingLine(value: string, maxChars: number): string {
  return OWN_ID.test(value) ? value : cleanLine(value, maxChars);
}

function cleanLine(value: string, maxChars: number): string {
  // A refusal may come before its input was parsed: what the types promise is not yet so.
  const clean = redactLine(typeof value === "string" ? value : String(value), maxChars);
  return clean.includes("\0") ? clean.replaceAll("\0", "\u2400") : clean;
}
