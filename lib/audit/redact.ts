import { REDACTED, redactText } from "./redact-text";
import { secrecyOfName } from "./secret-name";

export { REDACTED, redactText };

/** How much of a value is kept. */
export type RedactLimits = { stringChars: number; depth: number; items: number; nodes: number };

const LIMITS: RedactLimits = { stringChars: 512, depth: 6, items: 50, nodes: 2000 };

/** Longer texts are cut before they are searched; what is kept of them is far shorter. */
const SEARCHED_PER_KEPT = 8;

/** A walk over one value: what may still be visited. It also ends cycles and values that fan out. */
type Walk = { limits: RedactLimits; nodesLeft: number };

/**
 * A copy of any value that is safe to store and plain JSON: secrets redacted by key name and by shape; strings, lists,
 * depth and the whole capped, with a note of what was cut; functions, symbols and undefined dropped. Never throws,
 * whatever a getter or a proxy does, and never calls `toJSON`.
 */
export function redact(value: unknown, limits: RedactLimits = LIMITS): unknown {
  return visit(value, 0, { limits, nodesLeft: limits.nodes });
}

/** A text redacted and capped. */
export function redactLine(text: string, maxChars: number): string {
  const searched = maxChars * SEARCHED_PER_KEPT;
  // A cut may halve a secret so that no shape recognises it: the word that was cut goes altogether.
  const clean = redactText(text.length > searched ? text.slice(0, searched).replace(/\S{1,1024}$/, "") : text);
  if (clean.length <= maxChars && text.length <= searched) return clean;
  return `${clean.slice(0, maxChars).toWellFormed()}… [${Math.max(0, text.length - maxChars)} more characters]`;
}

function visit(value: unknown, depth: number, walk: Walk): unknown {
  if (--walk.nodesLeft < 0) return "[too much]";
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return redactLine(value, walk.limits.stringChars);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return redactLine(value.toString(), walk.limits.stringChars);
  if (typeof value !== "object") return undefined;
  if (depth >= walk.limits.depth) return "[too deep]";
  try {
    return visitObject(value, depth, walk);
  } catch {
    return "[unreadable]";
  }
}

function visitObject(value: object, depth: number, walk: Walk): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof URL) return redactLine(value.href, walk.limits.stringChars);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Error) return { name: value.name, message: visit(value.message, depth + 1, walk) };
  if (value instanceof Set) return visitList([...value], depth, walk);
  if (value instanceof Map || value instanceof Headers || value instanceof URLSearchParams)
    return visitEntries([...(value as Iterable<[unknown, unknown]>)], depth, walk);
  if (Array.isArray(value)) return visitList(value, depth, walk);
  return visitEntries(
    Object.keys(value).map((key) => [key, value]),
    depth,
    walk,
    true,
  );
}

function visitList(list: readonly unknown[], depth: number, walk: Walk): unknown[] {
  const kept: unknown[] = [];
  const count = Math.min(list.length, walk.limits.items);
  for (let i = 0; i < count && walk.nodesLeft >= 0; i++) kept.push(visit(list[i], depth + 1, walk) ?? null);
  if (list.length > count) kept.push(`[${list.length - count} more]`);
  return kept;
}

/** With `lazy` the second half of each pair is the object itself: only the kept keys are read. */
function visitEntries(entries: [unknown, unknown][], depth: number, walk: Walk, lazy = false): Record<string, unknown> {
  const kept: [string, unknown][] = [];
  for (const [rawKey, held] of entries.slice(0, walk.limits.items)) {
    if (walk.nodesLeft < 0) break;
    const key = String(rawKey);
    const item = lazy ? readProperty(held as Record<string, unknown>, key) : held;
    const clean = isHidden(key, item) ? REDACTED : visit(item, depth + 1, walk);
    if (clean !== undefined) kept.push([redactLine(key, walk.limits.stringChars), clean]);
  }
  if (entries.length > walk.limits.items) kept.push(["…", `[${entries.length - walk.limits.items} more]`]);
  // fromEntries defines own properties, so that a key `__proto__` stays a key.
  return Object.fromEntries(kept);
}

function readProperty(object: Record<string, unknown>, key: string): unknown {
  try {
    return object[key];
  } catch {
    return "[unreadable]";
  }
}

/** True where the name says that the value is a secret. That one is set, or not, may be told. */
function isHidden(key: string, value: unknown): boolean {
  if (value === null || value === undefined || typeof value === "boolean" || typeof value === "function") return false;
  const secrecy = secrecyOfName(key);
  if (secrecy === "secrets") return typeof value !== "number" && !/^\d{1,9}$/.test(String(value));
  return secrecy === "secret";
}
