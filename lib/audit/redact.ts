import { Recent } from "@/lib/recent";
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
  // What JSON holds comes first: it is nearly all that comes.
  if (Array.isArray(value)) return visitList(value, depth, walk);
  if (Object.getPrototypeOf(value) === Object.prototype) return visitProperties(value, depth, walk);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof URL) return redactLine(value.href, walk.limits.stringChars);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Error)
    return { name: redactLine(String(value.name), 100), message: visit(value.message, depth + 1, walk) };
  if (value instanceof Set) return visitList([...value], depth, walk);
  if (value instanceof Map || value instanceof Headers || value instanceof URLSearchParams)
    return visitEntries([...(value as Iterable<[unknown, unknown]>)], depth, walk);
  return visitProperties(value, depth, walk);
}

function visitList(list: readonly unknown[], depth: number, walk: Walk): unknown[] {
  const kept: unknown[] = [];
  const count = Math.min(list.length, walk.limits.items);
  for (let i = 0; i < count && walk.nodesLeft >= 0; i++) kept.push(visit(list[i], depth + 1, walk) ?? null);
  if (list.length > count) kept.push(`[${list.length - count} more]`);
  return kept;
}

/** Only the kept keys are read. */
function visitProperties(value: object, depth: number, walk: Walk): Record<string, unknown> {
  const keys = Object.keys(value);
  const kept: Record<string, unknown> = {};
  const count = Math.min(keys.length, walk.limits.items);
  for (let i = 0; i < count && walk.nodesLeft >= 0; i++) {
    const key = keys[i] as string;
    keep(kept, key, readProperty(value as Record<string, unknown>, key), depth, walk);
  }
  if (keys.length > count) kept["…"] = `[${keys.length - count} more]`;
  return kept;
}

function visitEntries(entries: [unknown, unknown][], depth: number, walk: Walk): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  const count = Math.min(entries.length, walk.limits.items);
  for (let i = 0; i < count && walk.nodesLeft >= 0; i++) {
    const [key, item] = entries[i] as [unknown, unknown];
    keep(kept, String(key), item, depth, walk);
  }
  if (entries.length > count) kept["…"] = `[${entries.length - count} more]`;
  return kept;
}

function keep(kept: Record<string, unknown>, key: string, item: unknown, depth: number, walk: Walk): void {
  const { secrecy, clean: name } = keyFacts(key, walk);
  const clean = isHidden(secrecy, item) ? REDACTED : visit(item, depth + 1, walk);
  if (clean === undefined) return;
  if (name !== "__proto__") kept[name] = clean;
  // A key `__proto__` stays a key.
  else Object.defineProperty(kept, name, { value: clean, enumerable: true, configurable: true, writable: true });
}

type KeyFacts = { secrecy: ReturnType<typeof secrecyOfName>; clean: string };

/** The same few keys come again and again. Long ones, and those that hold a secret themselves, are not kept in memory. */
const knownKeys = new Recent<KeyFacts>(2048);
const MAX_KEPT_KEY_CHARS = 40;

function keyFacts(key: string, walk: Walk): KeyFacts {
  const known = knownKeys.get(key);
  if (known && key.length <= walk.limits.stringChars) return known;
  const facts = { secrecy: secrecyOfName(key), clean: redactLine(key, walk.limits.stringChars) };
  if (facts.clean === key && key.length <= MAX_KEPT_KEY_CHARS) knownKeys.set(key, facts);
  return facts;
}

function readProperty(object: Record<string, unknown>, key: string): unknown {
  try {
    return object[key];
  } catch {
    return "[unreadable]";
  }
}

/** True where the name says that the value is a secret. That one is set, or not, may be told. */
function isHidden(secrecy: KeyFacts["secrecy"], value: unknown): boolean {
  if (value === null || value === undefined || typeof value === "boolean" || typeof value === "function") return false;
  if (secrecy === "secrets") return typeof value !== "number" && !/^\d{1,9}$/.test(String(value));
  return secrecy === "secret";
}
