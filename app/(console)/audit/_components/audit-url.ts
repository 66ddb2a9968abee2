import { EVERYTHING, exactly, type Query, type QueryError } from "@/lib/audit/language/ast";
import { boundsOf } from "@/lib/audit/language/bounds";
import { onlyValue, withTimeRange } from "@/lib/audit/language/edit";
import { queryOf } from "@/lib/audit/language/from-filter";
import { parse } from "@/lib/audit/language/parse";
import { print } from "@/lib/audit/language/print";
import type { QualifierName } from "@/lib/audit/language/qualifiers";
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

const DEFAULT_RANGE: RangeName = "7d";
const PAGE_SIZE = 100;
const STATE = ["q", "range", "cursor", "entry", "at", "readings"] as const;
/** What links from elsewhere may carry in place of a query: the fields of the API's filter. */
const LISTS = ["action", "outcome", "reason"] as const;
const TEXTS = ["actor", "person", "agent", "server", "token", "tool", "target", "requestId", "ip"] as const;
const FOLDED: ReadonlySet<string> = new Set([...LISTS, ...TEXTS, "from", "to"]);

export type SearchParams = Record<string, string | string[] | undefined>;

/** What the URL asks for. */
export type AuditView = {
  filter: AuditFilter;
  /** The query as it is written, and read; where it is faulty it is everything, and `errors` say why. */
  text: string;
  query: Query;
  errors: readonly QueryError[];
  /** The named range, or null where the query itself says a time. */
  range: RangeName | null;
  /** The size of the log that the page is pinned to; null where it goes on as the log does. */
  at: number | null;
  /** True where entries of reading the log are asked for. */
  readings: boolean;
  cursor: string | undefined;
  limit: number;
  /** The id of the open entry. */
  entry: string | null;
  /** The URL's own parameters, cleaned: what links are made from. */
  params: URLSearchParams;
  /** True where fields stood beside the query: `params` have them in the query, and that is the page's address. */
  folded: boolean;
};

function cleanParams(raw: SearchParams): URLSearchParams {
  const params = new URLSearchParams();
  for (const name of STATE) {
    const value = [raw[name] ?? []].flat()[0]?.trim() ?? "";
    if (value !== "") params.set(name, value);
  }
  return params;
}

/** `2026-11-21T09:00`, as a form sends it, is meant as UTC. */
const asInstant = (text: string | undefined) =>
  text === undefined || /(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text.length === 16 ? `${text}:00` : text}Z`;

/**
 * The parameters with the fields beside the query folded into it, unread: what is wrong with one is then wrong with the query,
 * and shown there.
 */
function fold(params: URLSearchParams, raw: SearchParams): void {
  const given = (name: string) => [raw[name] ?? []].flat().map((text) => text.trim()).filter((text) => text !== ""); // prettier-ignore
  const asked = queryOf({
    q: params.get("q") ?? "",
    ...{ from: asInstant(given("from")[0]), to: asInstant(given("to")[0]) },
    ...Object.fromEntries(TEXTS.map((name) => [name, given(name)[0]])),
    ...Object.fromEntries(LISTS.map((name) => [name, given(name).flatMap((text) => text.split(","))])),
  } as AuditFilter);
  if (asked.ok && asked.query !== EVERYTHING) params.set("q", print(asked.query));
}

/** The size of the log that a link is pinned to, or null. */
export function sizeIn(raw: SearchParams): number | null {
  const text = [raw.at ?? []].flat()[0]?.trim() ?? "";
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Reads the URL. @param nowMs what *now* means: the present, or when the log had the size that the link is pinned to */
export function readAuditUrl(raw: SearchParams, nowMs: number): AuditView {
  const params = cleanParams(raw);
  const folded = Object.keys(raw).some((name) => FOLDED.has(name));
  if (folded) fold(params, raw);
  const at = sizeIn(raw);
  if (at === null) params.delete("at");
  const readings = params.get("readings") === "1";
  const text = params.get("q") ?? "";
  const parsed = parse(text);
  const query = parsed.ok ? parsed.query : EVERYTHING;
  const { occurred } = boundsOf(query, nowMs);
  const exact = occurred.from !== undefined || occurred.to !== undefined;
  const named = RANGES.find(({ value }) => value === (params.get("range") ?? DEFAULT_RANGE)) ?? RANGES[2];
  const since = named.seconds === null || exact ? undefined : floorToMinute(nowMs) - named.seconds * 1000;
  return {
    filter: auditFilterSchema.parse({
      ...{ q: text, from: since === undefined ? undefined : new Date(since).toISOString() },
      ...{ below: at ?? undefined, readings: readings ? undefined : false },
    }),
    ...{ at, readings },
    text,
    query,
    errors: parsed.ok ? [] : parsed.errors,
    range: exact ? null : named.value,
    cursor: params.get("cursor") ?? undefined,
    limit: PAGE_SIZE,
    entry: params.get("entry"),
    params,
    folded,
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
export function auditHref(params: URLSearchParams, changes: Record<string, string | null>): string {
  const next = new URLSearchParams(params);
  const keepsPage = Object.keys(changes).every((name) => name === "entry" || name === "cursor");
  if (!keepsPage) for (const name of ["cursor", "entry"]) next.delete(name);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) next.delete(name);
    else next.set(name, value);
  }
  return next.size > 0 ? `/audit?${next}` : "/audit";
}

/** The address of the screen with another query. */
export const queryHref = (params: URLSearchParams, query: Query): string =>
  auditHref(params, { q: print(query) || null });

/** The address of everything that one value of one qualifier finds, whenever it was. */
export const pivotHref = (name: QualifierName, value: string): string =>
  queryHref(new URLSearchParams({ range: "all" }), onlyValue(EVERYTHING, name, exactly(value)));

/** The address of a named range. A time in the query goes, because it would count for more. */
export const rangeHref = ({ params, query, errors }: AuditView, range: RangeName): string =>
  auditHref(params, { range, ...(errors.length > 0 ? {} : { q: print(withTimeRange(query, null, null)) || null }) });
