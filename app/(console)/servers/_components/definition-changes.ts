import type { FieldDiff } from "@/components/ui/diff-view";
import type { ToolDefinition } from "@/lib/tool/schema";

/** Client-safe: how a tool's definition changed, place by place. */

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isPlainList = (value: unknown): value is unknown[] =>
  Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null);

/** The leaves in which two JSON values differ, by their path: `properties.id.type`. Order of keys does not matter. */
export function jsonChanges(before: unknown, after: unknown, path: string): FieldDiff[] {
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => jsonChanges(before[key], after[key], `${path}.${key}`));
  }
  // A whole branch that came or went is told leaf by leaf too, so that nothing hides in a long line.
  if (isObject(before) && after === undefined && Object.keys(before).length > 0) return jsonChanges(before, {}, path);
  if (isObject(after) && before === undefined && Object.keys(after).length > 0) return jsonChanges({}, after, path);
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isPlainList(before) && isPlainList(after) && sameItems(before, after))
    return [{ field: path, before: JSON.stringify(before), after: JSON.stringify(after) }];
  return [{ field: path, before: before ?? null, after: after ?? null }];
}

/** Lists of the same items in another order: told whole, because nothing came or went. */
function sameItems(before: readonly unknown[], after: readonly unknown[]): boolean {
  const sorted = (items: readonly unknown[]) => JSON.stringify([...items].map(String).sort());
  return sorted(before) === sorted(after);
}

const WORDS: Record<string, string> = { annotations: "claims", inputSchema: "input" };

/** What a server's new definition changes in the accepted one. */
export function definitionChanges(accepted: ToolDefinition, seen: ToolDefinition): FieldDiff[] {
  return (["title", "description", "annotations", "inputSchema"] as const).flatMap((field) =>
    jsonChanges(accepted[field] ?? undefined, seen[field] ?? undefined, WORDS[field] ?? field),
  );
}
