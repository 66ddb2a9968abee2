import { auditFilterSchema, searchAuditSchema, type AuditFilter } from "@/lib/audit/schema";

/** Client-safe: the audit screen's state, all of which is in its URL. */

/** Time ranges by name; `all` has no beginning. */
export const RANGES = [
  { value: "1h", label: "1 hour", seconds: 3600 },
  { value: "24h", label: "24 hours", seconds: 86_400 },
  { value: "7d", label: "7 days", seconds: 604_800 },
  { value: "30d", label: "30 days", seconds: 2_592_000 },
  { value: "all", label: "All time", seconds: null },
] as const;
export type RangeName = (typeof RANGES)[number]["value"];

export const LIST_PARAMS = ["action", "outcome", "reason"] as const;
export const TEXT_PARAMS = ["q", "actor", "person", "agent", "server", "token", "tool", "target", "requestId", "ip"] as const; // prettier-ignore
const DEFAULT_RANGE: RangeName = "7d";
const PAGE_SIZE = 100;

export type SearchParams = Record<string, string | string[] | undefined>;

/** What the URL asks for. */
export type AuditView = {
  filter: AuditFilter;
  /** The named range, or null where exact times are given. */
  range: RangeName | null;
  cursor: string | undefined;
  limit: number;
  /** The id of the open entry. */
  entry: string | null;
  /** What of the URL could not be understood, in words. */
  faults: string[];
  /** The URL's own parameters, cleaned: what links are made from. */
  params: URLSearchParams;
};

const KNOWN = new Set<string>([...LIST_PARAMS, ...TEXT_PARAMS, "range", "from", "to", "cursor", "entry"]);

function cleanParams(raw: SearchParams): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(raw)) {
    if (!KNOWN.has(name)) continue;
    for (const each of [value ?? []].flat()) {
      const values = (LIST_PARAMS as readonly string[]).includes(name) ? each.split(",") : [each];
      for (const one of values) if (one.trim() !== "") params.append(name, one.trim());
    }
  }
  return params;
}

/** `2026-11-21T09:00`, as a form sends it, is meant as UTC. */
const asInstant = (text: string | null) =>
  text === null ? undefined : /(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text.length === 16 ? `${text}:00` : text}Z`;

/** Reads the URL. What it does not understand it leaves out, and says so. */
export function readAuditUrl(raw: SearchParams, nowMs: number): AuditView {
  const params = cleanParams(raw);
  const exact = params.has("from") || params.has("to");
  const named = RANGES.find(({ value }) => value === params.get("range")) ?? RANGES.find(({ value }) => value === DEFAULT_RANGE); // prettier-ignore
  const range = exact ? null : (named?.value ?? DEFAULT_RANGE);
  const since = range && named?.seconds ? new Date(floorToMinute(nowMs) - named.seconds * 1000).toISOString() : undefined; // prettier-ignore
  const wanted: Record<string, unknown> = {
    from: exact ? asInstant(params.get("from")) : since,
    to: exact ? asInstant(params.get("to")) : undefined,
  };
  for (const name of LIST_PARAMS) wanted[name] = params.getAll(name);
  for (const name of TEXT_PARAMS) wanted[name] = params.get(name) ?? undefined;
  const faults: string[] = [];
  let parsed = auditFilterSchema.safeParse(wanted);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const name = String(issue.path[0]);
      faults.push(`The filter “${name}” was left out: ${issue.message}.`);
      delete wanted[name];
      params.delete(name);
    }
    parsed = auditFilterSchema.safeParse(wanted);
  }
  return {
    filter: parsed.data ?? auditFilterSchema.parse({}),
    range,
    cursor: params.get("cursor") ?? undefined,
    limit: PAGE_SIZE,
    entry: params.get("entry"),
    faults,
    params,
  };
}

/** Named ranges begin at whole minutes, so that the page and its parts, read apart, mean the same one. */
function floorToMinute(ms: number): number {
  return Math.floor(ms / 60_000) * 60_000;
}

/** The input of `searchAudit` for a view. */
export const searchInput = (view: AuditView) =>
  searchAuditSchema.parse({ ...view.filter, limit: view.limit, cursor: view.cursor });

/** The address of the screen with some parameters changed (null takes one away). Any change of filter goes to the newest. */
export function auditHref(params: URLSearchParams, changes: Record<string, string | readonly string[] | null>): string {
  const next = new URLSearchParams(params);
  const keepsPage = Object.keys(changes).every((name) => name === "entry" || name === "cursor");
  if (!keepsPage) for (const name of ["cursor", "entry"]) next.delete(name);
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name);
    for (const each of value === null ? [] : [value].flat()) next.append(name, each as string);
  }
  return next.size > 0 ? `/audit?${next}` : "/audit";
}

/** The address with a value of a list filter added, or taken away where it is there. */
export function toggledHref(params: URLSearchParams, name: string, value: string): string {
  const values = params.getAll(name);
  return auditHref(params, { [name]: values.includes(value) ? values.filter((each) => each !== value) : [...values, value] }); // prettier-ignore
}

/** The filters in force, to be shown and taken away one by one. */
export function chipsOf(params: URLSearchParams): { name: string; value: string; href: string }[] {
  return [...params.entries()]
    .filter(([name]) => ![...["range", "cursor", "entry"]].includes(name))
    .map(([name, value]) => ({
      name,
      value,
      href: (LIST_PARAMS as readonly string[]).includes(name)
        ? toggledHref(params, name, value)
        : auditHref(params, { [name]: null }),
    }));
}
