import ipaddr from "ipaddr.js";
import { AUDIT_ACTION_NAMES } from "@/lib/audit/schema";
import type { Operator, Query, Value } from "@/lib/audit/language/ast";
import { operationOf } from "@/lib/audit/language/operations";
import type { QualifierName } from "@/lib/audit/language/qualifiers";
import { isMoment, periodOf } from "@/lib/audit/language/time";

/** What queries mean, said a second time and as plainly as can be: entry by entry, in memory. Tests hold the SQL to it. */

/** A row of `audit_entry`, and what strikes about it. */
export type Row = {
  idx: number;
  occurredMicros: number;
  action: string;
  outcome: string;
  reason: string | null;
  actor_kind: string;
  actor_id: string | null;
  person_id: string | null;
  agent_id: string | null;
  server_id: string | null;
  server_ids: string[] | null;
  token_id: string | null;
  target_kind: string | null;
  target_id: string | null;
  tool: string | null;
  ip: string | null;
  request_id: string | null;
  trace_id: string | null;
  session_id: string | null;
  body: string;
  badges: string[];
};

type Kind = "person" | "agent" | "server" | "token" | "role" | "tool";
/** Everything that has a name: its id, and the texts by which it is known. `exact` ones must be given whole. */
export type World = Record<Kind, readonly { id: string; names: readonly string[]; exact?: readonly string[] }[]>;

type Body = {
  role?: { id: string };
  durationMs?: number;
  requiredScopes?: string[];
  missingScopes?: string[];
  credential?: { id: string; kind: string; scopes?: string[] };
  actor?: { credential?: { id?: string; kind?: string; scopes?: string[] } };
};
type Text = Extract<Value, { type: "is" }>;

const compared: Record<Operator, (a: number, b: number) => boolean> = {
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
};

function fits(value: Value, text: string): boolean {
  if (value.type !== "is") return false;
  if (value.openStart && value.openEnd) return text.includes(value.text);
  if (value.openStart) return text.endsWith(value.text);
  return value.openEnd ? text.startsWith(value.text) : text === value.text;
}

/** Whether an entry matches a query at a moment. */
export function matches(query: Query, row: Row, world: World, nowMs: number): boolean {
  const again = (item: Query) => matches(item, row, world, nowMs);
  switch (query.type) {
    case "and":
      return query.items.every(again);
    case "or":
      return query.items.some(again);
    case "not":
      return !again(query.item);
    case "text":
      return row.body.toLowerCase().includes(JSON.stringify(query.text).slice(1, -1).toLowerCase());
    case "qualifier":
      return query.values.some((value) => has(query.name, value, row, world, nowMs));
  }
}

function has(name: QualifierName, value: Value, row: Row, world: World, nowMs: number): boolean {
  const body = JSON.parse(row.body) as Body;
  const some = (texts: readonly (string | null | undefined)[]) =>
    texts.some((text) => text !== null && text !== undefined && fits(value, text));
  switch (name) {
    case "created":
      return inTime(value, row.occurredMicros, nowMs);
    case "index":
      return isNumber(value, row.idx, 0);
    case "duration":
      return body.durationMs !== undefined && isNumber(value, body.durationMs, 1);
    case "action":
      return some([row.action]) && (AUDIT_ACTION_NAMES as string[]).includes(row.action);
    case "operation":
      return some([operationOf(row.action)]);
    case "outcome":
      return some([row.outcome]);
    case "kind":
      return some([row.actor_kind]);
    case "reason":
      return some([row.reason]);
    case "tool":
      return some([row.tool]);
    case "request":
      return some([row.request_id]);
    case "trace":
      return some([row.trace_id]);
    case "session":
      return some([row.session_id]);
    case "badge":
      return some(badgesOf(row));
    case "scope":
      return some([
        ...[...(body.credential?.scopes ?? []), ...(body.actor?.credential?.scopes ?? [])],
        ...[...(body.requiredScopes ?? []), ...(body.missingScopes ?? [])],
      ]);
    case "credential":
      return some([
        body.credential?.kind,
        body.credential?.id,
        body.actor?.credential?.kind,
        body.actor?.credential?.id,
      ]);
    case "ip":
      return value.type === "is" && isFrom(value, row.ip);
    default:
      return value.type === "is" && concerns(name, value, row, body, world);
  }
}

const badgesOf = (row: Row) => [
  ...row.badges,
  ...(row.reason === "revoked" && ["token.validate", "token.introspect"].includes(row.action) ? ["revoked_use"] : []),
  ...(row.action === "oauth.reuse" ? ["refresh_reuse"] : []),
];

function inTime(value: Value, at: number, nowMs: number): boolean {
  if (value.type === "range") return at >= periodOf(value.low, nowMs).from && at < periodOf(value.high, nowMs).to;
  if (value.text === "") return true;
  const { from, to } = periodOf(value.text, nowMs);
  if (value.type === "is") return at >= from && (isMoment(value.text) || at < to);
  return { ">": at >= to, ">=": at >= from, "<": at < from, "<=": at < to }[value.operator];
}

/** @param stretch how far a whole number alone reaches */
function isNumber(value: Value, number: number, stretch: number): boolean {
  if (value.type === "range") return number >= Number(value.low) && number <= Number(value.high);
  if (value.text === "") return true;
  const wanted = Number(value.text);
  if (value.type === "compare") return compared[value.operator](number, wanted);
  return stretch > 0 && Number.isInteger(wanted) ? number >= wanted && number < wanted + stretch : number === wanted;
}

function isFrom({ text, openEnd }: Text, ip: string | null): boolean {
  if (ip === null) return false;
  if (text === "") return true;
  if (!text.includes("/"))
    return ipaddr.isValid(text) && text.split(".").length !== 3 && !openEnd ? ip === text : ip.startsWith(text);
  if (!ipaddr.isValid(ip)) return false;
  const [address, network] = [ipaddr.parse(ip), ipaddr.parseCIDR(text)];
  return address.kind() === network[0].kind() && address.match(network);
}

const KINDS: Partial<Record<QualifierName, readonly Kind[]>> = {
  actor: ["person", "token", "agent", "server"],
  target: ["server", "token", "person", "agent", "role", "tool"],
};

function concerns(name: QualifierName, value: Text, row: Row, body: Body, world: World): boolean {
  const everywhere = [
    ...[row.actor_id, row.person_id, row.agent_id, row.server_id, row.token_id, row.target_id],
    ...(row.server_ids ?? []),
  ];
  if (value.text === "") return hasAny(name, row, body);
  if (name === "actor" && (value.text === "system" || value.text === "anonymous")) return row.actor_kind === value.text;
  const ids = idsOf(value, KINDS[name] ?? [name as Kind], world);
  const where = { actor: [row.actor_id], target: [row.target_id], role: [...everywhere, body.role?.id] }[
    name as string
  ];
  return (where ?? everywhere).some((id) => id !== null && id !== undefined && ids.includes(id));
}

function hasAny(name: QualifierName, row: Row, body: Body): boolean {
  const isKind = row.actor_kind === name || row.target_kind === name;
  switch (name) {
    case "actor":
      return row.actor_id !== null;
    case "target":
      return row.target_id !== null;
    case "role":
      return row.target_kind === "role" || body.role !== undefined;
    case "server":
      return isKind || row.server_id !== null || row.server_ids !== null;
    default:
      return isKind || row[`${name}_id` as "person_id" | "agent_id" | "token_id"] !== null;
  }
}

function idsOf(value: Text, kinds: readonly Kind[], world: World): string[] {
  const open = value.openStart || value.openEnd;
  if (!open && /^[a-z]{3}_[a-z0-9_]{1,60}$/.test(value.text)) return [value.text];
  const anywhere = { ...value, text: value.text.toLowerCase(), ...(open ? {} : { openStart: true, openEnd: true }) };
  return kinds
    .flatMap((kind) => world[kind])
    .filter(
      ({ names, exact = [] }) =>
        names.some((each) => fits(anywhere, each.toLowerCase())) || (!open && exact.includes(value.text)),
    )
    .map(({ id }) => id);
}
