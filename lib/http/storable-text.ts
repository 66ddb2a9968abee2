import { GatehouseError, type FieldError } from "@/lib/errors";

/** Deeper values are refused: no body of ours nests further, and a walk over them could exhaust the stack. */
const MAX_DEPTH = 32;

type Place = { value: unknown; path: string; depth: number };

/**
 * Throws `validation_failed`, naming each place, where any text in a value holds NUL or a lone surrogate: PostgreSQL
 * stores neither, and what it cannot store must be the caller's clear error and not our failure.
 */
export function requireStorableText(value: unknown): void {
  const faults: FieldError[] = [];
  const waiting: Place[] = [{ value, path: "", depth: 0 }];
  for (let place = waiting.pop(); place; place = waiting.pop()) {
    if (typeof place.value === "string") {
      if (!isStorable(place.value)) faults.push(fault(place.path));
    } else if (typeof place.value === "object" && place.value !== null) {
      if (place.depth >= MAX_DEPTH) throw tooDeep();
      for (const [key, item] of Object.entries(place.value)) {
        if (!isStorable(key)) faults.push(fault(place.path));
        else waiting.push({ value: item, path: place.path ? `${place.path}.${key}` : key, depth: place.depth + 1 });
      }
    }
  }
  if (faults.length > 0) throw new GatehouseError("validation_failed", { fields: faults.slice(0, 20) });
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

function fault(path: string): FieldError {
  return { path, code: "invalid_text", message: "must not contain NUL or lone surrogates" };
}

function tooDeep(): GatehouseError {
  return new GatehouseError("invalid_request", { detail: `The body nests deeper than ${MAX_DEPTH} levels.` });
}
