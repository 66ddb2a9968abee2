/** What stands in the place of something that looks like a secret. */
export const REDACTED = "[redacted]";

const MAX_STRING_CHARS = 512;
const MAX_DEPTH = 6;
const MAX_ITEMS = 50;

/** Words in a key's name that make its value a secret, whatever the value looks like. */
const SECRET_WORDS = new Set([
  "password", "passwd", "passphrase", "pwd", "secret", "secrets", "token", "authorization", "auth", "cookie", "cookies",
  "credential", "credentials", "apikey", "bearer", "otp", "totp", "pin", "jwt", "signature", "assertion", "privatekey",
]); // prettier-ignore

/** Pairs of neighbouring words that do the same (`api_key`, `private-key`, `accessKey`). */
const SECRET_PAIRS = new Set([
  "api key",
  "private key",
  "access key",
  "secret key",
  "signing key",
  "encryption key",
  "session id",
  "client secret",
  "server key",
]);

/** Shapes of credentials, ours and other people's, wherever they stand in a text. */
const SECRET_SHAPES: readonly RegExp[] = [
  /gth_(?:ro|rw|adm|srv)_[0-9A-Za-z]{8,}/g, // ours, also cut short
  /eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){0,3}/g, // JWS, JWE
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b(?:Bearer|Basic|DPoP|Token)\s+[A-Za-z0-9+/=._~-]{8,}/gi,
  /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,})/g,
  /\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{8,}/g, // Stripe
  /\bsk-[A-Za-z0-9_-]{16,}/g, // OpenAI, Anthropic
  /\bxox[abeoprs]-[A-Za-z0-9-]{8,}/g, // Slack
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, // AWS key ids
  /\bAIza[A-Za-z0-9_-]{30,}/g, // Google
  /\bnpm_[A-Za-z0-9]{30,}/g,
  /\$argon2(?:id|i|d)\$[^\s"']+/g,
  /([a-z][a-z0-9+.-]*:\/\/[^\s:/@"']*:)[^\s@"']+(?=@)/gi, // user:password@ in URLs; the part before it is kept
]; // prettier-ignore

function wordsOf(key: string): string[] {
  return key
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
}

/** True where a key's name says that its value is a secret (`clientSecret`, `api_key`), false for `max_tokens`. */
export function isSecretName(key: string): boolean {
  const words = wordsOf(key);
  return words.some((word, i) => SECRET_WORDS.has(word) || SECRET_PAIRS.has(`${word} ${words[i + 1] ?? ""}`));
}

/** Replaces everything in a text that looks like a credential. Also makes it well-formed Unicode without NUL. */
export function redactText(text: string): string {
  let clean = text.toWellFormed();
  for (const shape of SECRET_SHAPES) {
    clean = clean.replace(shape, (_match: string, kept: unknown) => (typeof kept === "string" ? kept : "") + REDACTED);
  }
  return clean;
}

/**
 * A copy of any JSON-like value that is safe to store: secrets redacted by key name and by shape, strings, lists and
 * depth capped (with a note of what was cut), cycles and functions dropped.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "string") return cap(redactText(value.length > 65_536 ? value.slice(0, 65_536) : value));
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (typeof value !== "object") return undefined;
  if (depth >= MAX_DEPTH) return "[too deep]";
  if (Array.isArray(value)) {
    const kept = value.slice(0, MAX_ITEMS).map((item) => redact(item, depth + 1) ?? null);
    return value.length > MAX_ITEMS ? [...kept, `[${value.length - MAX_ITEMS} more]`] : kept;
  }
  return redactObject(value as Record<string, unknown>, depth);
}

function redactObject(value: Record<string, unknown>, depth: number): Record<string, unknown> {
  const kept: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  const keys = Object.keys(value);
  for (const key of keys.slice(0, MAX_ITEMS)) {
    const item = value[key];
    if (item === undefined) continue;
    const name = cap(redactText(key));
    const clean = isSecretName(key) && item !== null && typeof item !== "boolean" ? REDACTED : redact(item, depth + 1);
    if (clean !== undefined) kept[name] = clean;
  }
  if (keys.length > MAX_ITEMS) kept["…"] = `[${keys.length - MAX_ITEMS} more]`;
  return { ...kept };
}

function cap(text: string): string {
  if (text.length <= MAX_STRING_CHARS) return text;
  return `${text.slice(0, MAX_STRING_CHARS).toWellFormed()}… [${text.length - MAX_STRING_CHARS} more characters]`;
}
