import { isIP } from "node:net";
import { EcsFlat } from "@elastic/ecs";

/** A field as Elastic's own package defines it, of ECS 8.11: later 8.x only add fields. */
type Field = {
  type: string;
  normalize: string[];
  level: string;
  required?: boolean;
  allowed_values?: { name: string; expected_event_types?: string[] }[];
};
const FIELDS = EcsFlat as unknown as Record<string, Field>;

const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;
const FITS: Record<string, (value: unknown) => boolean> = {
  date: (value) => typeof value === "string" && STAMP.test(value),
  ip: (value) => typeof value === "string" && isIP(value) !== 0,
  long: (value) => Number.isSafeInteger(value),
  boolean: (value) => typeof value === "boolean",
};
const isText = (value: unknown): boolean => typeof value === "string" && value !== "";

/** Every leaf of a document by its dotted path; a list is one leaf. What is under `own` is ours, and judged by nobody. */
function leavesOf(value: unknown, own: string, path = ""): [string, unknown][] {
  if (path === own) return [];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, own, path === "" ? key : `${path}.${key}`));
}

/** Everything that ECS has against a document, a line each. @param own the field under which anything may stand */
export function ecsFaults(document: Record<string, unknown>, own: string): string[] {
  const leaves = leavesOf(document, own);
  const faults = leaves.flatMap(([path, value]) => {
    const field = FIELDS[path];
    if (!field) return [`${path} is no field of ECS`];
    const isList = field.normalize.includes("array");
    if (Array.isArray(value) !== isList) return [`${path} ${isList ? "is no list" : "is a list"}`];
    return [value].flat().flatMap((one) => faultOf(path, one, field));
  });
  const given = new Map(leaves);
  for (const [path, { required }] of Object.entries(FIELDS))
    if (required && !given.has(path)) faults.push(`${path} is required`);
  return [...faults, ...typeFaults(given)];
}

function faultOf(path: string, value: unknown, { type, allowed_values: allowed }: Field): string[] {
  if (!(FITS[type] ?? isText)(value)) return [`${path} is no ${type}: ${JSON.stringify(value)}`];
  return allowed && !allowed.some(({ name }) => name === value)
    ? [`${path} is none of its values: ${String(value)}`]
    : [];
}

/** The types of an event must be among those that ECS expects of its categories. */
function typeFaults(given: ReadonlyMap<string, unknown>): string[] {
  const [categories, types] = [given.get("event.category"), given.get("event.type")] as [string[], string[]];
  const known = FIELDS["event.category"]?.allowed_values ?? [];
  const expected = known
    .filter(({ name }) => categories.includes(name))
    .flatMap((one) => one.expected_event_types ?? []);
  return types
    .filter((type) => !expected.includes(type))
    .map((type) => `event.type ${type} does not go with ${categories.join()}`);
}
