/** Client-safe: how an entry speaks of people, and what of it is shown. */

/** What is shown where a value was erased. */
export const ERASED = "(erased)";

const COMMITMENT = "pd(?:text)?:[A-Za-z0-9_-]{43}";
const WHOLE = new RegExp(`^${COMMITMENT}$`);
const IN_JSON = new RegExp(`"(${COMMITMENT})"`, "g");

/** True for what stands in an entry in place of a clear value: `pd:` (or `pdtext:`) and SHA-256(salt ‖ value) in base64url. */
export const isCommitment = (value: unknown): value is string => typeof value === "string" && WHOLE.test(value);

/** The commitments in a JSON text, as often as they stand there. */
export const commitmentsIn = (json: string): string[] =>
  Array.from(json.matchAll(IN_JSON), ([, commitment]) => commitment as string);

/** What commitments stand for; null where that was erased. */
export type Personal = Readonly<Record<string, string | null>>;

/** A JSON text with its commitments opened, to be read: never what was hashed. */
export const opened = (json: string, valueOf: (commitment: string) => string | null | undefined): string =>
  json.replace(IN_JSON, (_, commitment: string) => JSON.stringify(valueOf(commitment) ?? ERASED));

/** What a line of JSON says beside the body that follows; nothing where the body has no commitments. */
export const personalField = (personal: Personal): string =>
  Object.keys(personal).length === 0 ? "" : `"personal":${JSON.stringify(personal)},`;
