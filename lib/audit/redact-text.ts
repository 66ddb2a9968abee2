import { isSecretName } from "./secret-name";

/** What stands in the place of something that looks like a secret. */
export const REDACTED = "[redacted]";

/** Where none of these occurs, no shape below can match: most texts leave after this one look. */
const TRIGGER =
  /gth[_%\\]|eyJ|BEGIN|bearer|basic\s|dpop|token\s|gh[pousr]_|github_pat|glpat-|_(?:live|test)_|sk-|xox|AKIA|ASIA|AIza|npm_|\$argon2|:\/\/|=|:\s|["'\\]\s*:|passw|%[0-9a-f]{2}|[A-Za-z0-9+/]{32}/i;

/** An underscore, also as an URL, Markdown or JSON writes it. */
const UNDERSCORE = String.raw`(?:\\?_|%5f|\\+u005f)`;

/**
 * Shapes of credentials, ours and other people's, wherever they stand in a text. Each is linear: it starts at a literal
 * or at the beginning of a run, and what it repeats is bounded or cannot contain its own start.
 */
const SHAPES: readonly RegExp[] = [
  new RegExp(`gth${UNDERSCORE}(?:ro|rw|adm|srv)${UNDERSCORE}[0-9A-Za-z]{8,}`, "gi"), // ours, also cut short
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
  // Opaque after its scheme: "a basic question" and "Basic Authentication" are prose.
  /(?<![A-Za-z0-9])((?:[Bb](?:earer|EARER|asic|ASIC)|[Dd][Pp][Oo][Pp]|[Tt](?:oken|OKEN))(?:\s|\+){1,8})(?=[0-9]|.[a-z._~-]*[A-Z0-9+/=]|\S{20})[A-Za-z0-9+/=._~-]{8,}/g,
  /(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,})/g,
  /(?:sk|rk|pk|whsec)_(?:live|test)_[A-Za-z0-9]{8,}/g, // Stripe
  /(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{16,}/g, // OpenAI, Anthropic
  /xox[abeoprs]-[A-Za-z0-9-]{8,}/g, // Slack
  /(?:AKIA|ASIA)[A-Z0-9]{16}/g, // AWS key ids
  /AIza[A-Za-z0-9_-]{30,}/g, // Google
  /npm_[A-Za-z0-9]{30,}/g,
  /\$argon2(?:id|i|d)\$[^\s"']+/g,
  /(:\/\/[^\s:/@]{0,256}:)[^\s/]{1,1024}(?=@)/g, // user:password@ in URLs; the user is kept
  /(:\/\/)[^\s:/@]{16,1024}(?=@)/g, // a token alone as the user
  /((?:^|[\r\n\\"'])\s*(?:set-)?cookie["']?\s*:\s*)[^\r\n"']+/gi, // header lines
  /((?:proxy-)?authorization["']?\s*:\s*["']?)(?!(?:Bearer|Basic|DPoP|Token)\s)[^\r\n"']+/gi,
]; // prettier-ignore

/** Runs with dots, taken once each; those that hold a JOSE header are JWS or JWE (whose second part may be empty). */
const DOTTED_RUN = /(?<![A-Za-z0-9_-])[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){1,4}/g;
const JOSE = /eyJ[A-Za-z0-9_-]{5,}\..*/s;

/** `name=value`, `name: value`, `"name":"value"`; the name decides. */
const ASSIGNMENT =
  /(?<![\w.-])(["']?)([A-Za-z_][\w.-]{0,127})(\\?["']?\s{0,4}(?:=|:|%3D)\s{0,4})(\\?["'][^"'\\]*|[^\s"'&,;<>{}()[\]\\]{1,4096})/gi;
/** A value so written is taken for a scope (`tokens:read`, `password:reset`), not for a secret. */
const SCOPE_LIKE = /^[A-Za-z0-9._-]+(?::[A-Za-z0-9._-]+)+$/;
/** Names after which even a short word in prose (`password: hunter2`) is a secret; `token: staging` is a label. */
const PROSE_SECRET = /passw|passphrase|passcode|pwd|secret|authorization|api.?key|private.?key/i;
const LONG_OPAQUE = /^[\w+/=.~-]{16,}$/;

/** Runs that may be base64 of something worse. */
const BASE64_RUN = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,}={0,2}/g;

/** What stands for an assigned value, or null where the name or the way it is written says that it is none to hide. */
function hiddenValue(name: string, sign: string, value: string, text: string): string | null {
  if (!isSecretName(name) || value.startsWith(REDACTED)) return null;
  const quoted = /["']/.test(value.slice(0, 2));
  const bare = value.replace(/^\\?["']/, "");
  if (bare === "" || /^(?:Bearer|Basic|DPoP|Token)$/i.test(bare)) return null;
  if (sign.includes(":") && !quoted) {
    if (SCOPE_LIKE.test(text)) return null;
    if (!PROSE_SECRET.test(name) && !LONG_OPAQUE.test(bare)) return null;
  }
  return value.slice(0, value.length - bare.length) + REDACTED;
}

function redactAssignments(text: string): string {
  let clean = "";
  let copied = 0;
  const assignment = new RegExp(ASSIGNMENT);
  for (let match = assignment.exec(text); match; match = assignment.exec(text)) {
    const [all, , name = "", sign = "", value = ""] = match;
    const valueAt = match.index + all.length - value.length;
    const hidden = hiddenValue(name, sign, value, text);
    if (hidden === null) {
      // An innocent value may hold another assignment: https://host/?token=…
      assignment.lastIndex = valueAt;
      continue;
    }
    clean += text.slice(copied, valueAt) + hidden;
    copied = valueAt + value.length;
  }
  return clean + text.slice(copied);
}

function redactShapes(text: string): string {
  let clean = text;
  for (const shape of SHAPES) {
    clean = clean.replace(shape, (_all: string, kept: unknown) => (typeof kept === "string" ? kept : "") + REDACTED);
  }
  if (clean.includes("eyJ")) clean = clean.replace(DOTTED_RUN, (run: string) => run.replace(JOSE, REDACTED));
  return redactAssignments(clean);
}

function redactPercentRun(run: string): string {
  const decoded = run.replace(/(?:%[0-9A-Fa-f]{2})+/g, (codes) =>
    Buffer.from(codes.replaceAll("%", ""), "hex").toString(),
  );
  const clean = redactShapes(decoded);
  return clean === decoded ? run : clean;
}

/** Runs with percent-encoding, read decoded. */
const PERCENT_RUN = /[^\s"'<>%]*(?:%[0-9A-Fa-f]{2}[^\s"'<>%]*)+/g;

function redactEncoded(text: string): string {
  const plain = text.includes("%") ? text.replace(PERCENT_RUN, redactPercentRun) : text;
  return plain.replace(BASE64_RUN, (run: string) => {
    for (let skip = 0; skip < 4; skip++) {
      // A run may start with the slash of a path, so each alignment is read.
      const decoded = Buffer.from(run.slice(skip), "base64").toString("latin1");
      if (decoded.includes("gth_") && redactShapes(decoded) !== decoded) return REDACTED;
    }
    return run;
  });
}

/**
 * Replaces everything in a text that looks like a credential, and makes it well-formed Unicode. Text without any comes
 * back as it was.
 */
export function redactText(text: string): string {
  const formed = text.isWellFormed() ? text : text.toWellFormed();
  if (!TRIGGER.test(formed)) return formed;
  return redactEncoded(redactShapes(formed));
}
