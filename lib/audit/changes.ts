import type { FieldChange } from "./entry";

/** The fields of `wanted` that differ from `before`, as an audit entry tells them. Fields left undefined stay. */
export function changesBetween<T extends object>(
  before: T,
  wanted: { [K in keyof T]?: T[K] | undefined },
): FieldChange[] {
  const changes: FieldChange[] = [];
  for (const field of Object.keys(wanted) as (keyof T & string)[]) {
    const after = wanted[field];
    if (after === undefined || JSON.stringify(after) === JSON.stringify(before[field])) continue;
    changes.push({ field, before: before[field] ?? null, after });
  }
  return changes;
}
