import { z } from "zod";

/**
 * The fields that many forms share. Every text is trimmed, in Unicode's NFC, and refuses NUL, other control characters
 * and lone surrogates: PostgreSQL cannot hold some of them, and the others serve only to deceive a reader.
 */

const CONTROL_LINE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
/** As above, but line breaks and tabs are text. */
const CONTROL_TEXT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** A text of one line, 1 to `max` characters. */
export const lineField = (max = 200) =>
  z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(max, `must have at most ${max} characters`)
    .refine((text) => text.isWellFormed() && !CONTROL_LINE.test(text), "must not contain control characters")
    .transform((text) => text.normalize("NFC"));

/** A text of several lines, at most `max` characters; may be empty. */
export const textField = (max = 2000) =>
  z
    .string()
    .trim()
    .max(max, `must have at most ${max} characters`)
    .refine((text) => text.isWellFormed() && !CONTROL_TEXT.test(text), "must not contain control characters")
    .transform((text) => text.normalize("NFC"));

/** What somebody searches a list for; may be empty. Refuses what PostgreSQL cannot hold (NUL, lone surrogates). */
export const searchField = (max = 200) =>
  z
    .string()
    .max(max, `must have at most ${max} characters`)
    .refine((text) => text.isWellFormed() && !text.includes("\0"), "must not contain control characters");

/** An id of any kind; existence is the verb's to check. */
export const idField = z.string().regex(/^[a-z]{3}_[a-z0-9_]{1,60}$/, "is not an id");

/** An e-mail address, lower-cased. */
export const emailField = z
  .string()
  .trim()
  .max(254)
  .transform((text) => text.toLowerCase())
  .pipe(z.email("is not an e-mail address"));

/** A scope's name (RFC 6749 scope-token, without wildcards): `tickets:read`. */
export const scopeNameField = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(:[A-Za-z0-9._-]+)*$/, "is not a scope name (like tickets:read)");

/** A role's pattern: a scope's name, `something:*`, or `*`. */
export const scopePatternField = z
  .string()
  .max(128)
  .regex(/^(\*|[A-Za-z0-9][A-Za-z0-9._-]*(:[A-Za-z0-9._-]+)*(:\*)?)$/, "is not a scope or a wildcard (like tickets:*)");

/** A moment in RFC 3339, with a zone. */
export const instantField = z.iso.datetime({ offset: true, message: "is not an RFC 3339 time with a zone" });
