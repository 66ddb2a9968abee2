/** Words in a key's name that make its value a secret, whatever the value looks like. */
const SECRET_WORDS = new Set([
  "password", "passwd", "passphrase", "passcode", "pwd", "pin", "secret", "token", "authorization", "auth", "cookie",
  "credential", "apikey", "bearer", "otp", "totp", "jwt", "signature", "assertion", "privatekey", "cvv", "mnemonic",
]); // prettier-ignore

/** Pairs of neighbouring words that do the same (`api_key`, `private-key`, `accessKey`). */
const SECRET_PAIRS = new Set([
  "api key", "private key", "access key", "secret key", "signing key", "encryption key", "session id", "server key",
  "code verifier", "seed phrase", "recovery code", "backup code",
]); // prettier-ignore

/** A name that ends in one of these speaks *about* a secret: `tokenId`, `token_type`, `maxTokenLifetimeSeconds`. */
const HARMLESS_ENDINGS = new Set([
  "id", "ids", "name", "type", "kind", "count", "limit", "lifetime", "seconds", "ms", "at", "ttl", "expiry", "expires",
  "length", "status", "format", "method", "endpoint", "uri", "url", "policy", "version", "usage", "required",
]); // prettier-ignore

function wordsOf(key: string): string[] {
  return key
    .slice(0, 256)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
}

const singular = (word: string) => (word.endsWith("s") ? word.slice(0, -1) : word);

/**
 * What a key's name says of its value: `secret` (`clientSecret`, `api_key`), `secrets` for a plural, whose numbers are
 * counts (`max_tokens: 5`), or null.
 */
export function secrecyOfName(key: string): "secret" | "secrets" | null {
  const words = wordsOf(key);
  for (let i = 0; i + 1 < words.length; i++) {
    if (words[i] === "session" && words[i + 1] === "id") return "secret";
  }
  if (words.length > 1 && HARMLESS_ENDINGS.has(words.at(-1) ?? "")) return null;
  let plural = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    const next = words[i + 1] ?? "";
    if (SECRET_WORDS.has(word) || SECRET_PAIRS.has(`${word} ${next}`)) return "secret";
    if (SECRET_WORDS.has(singular(word)) || SECRET_PAIRS.has(`${word} ${singular(next)}`)) plural = true;
  }
  return plural ? "secrets" : null;
}

/** True where a key's name says that its value is a secret, false for `max_tokens` (a count) and `tokenId`. */
export function isSecretName(key: string): boolean {
  return secrecyOfName(key) === "secret";
}
