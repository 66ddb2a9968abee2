import "server-only";
import type { ScannedEntry } from "./scan";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };
type Fields = { readonly [key: string]: Json | undefined };

/** How many µs the second of a moment began after 1970: thousands of entries share it. */
let second = { text: "", micros: Number.NaN };

/** RFC 3339 with microseconds, as entries have it, in µs of Unix time; NaN where it is something else. */
function microsOf(text: Json | undefined): number {
  if (typeof text !== "string" || text.length !== 27 || !text.endsWith("Z")) return Number.NaN;
  const start = text.slice(0, 19);
  if (start !== second.text) second = { text: start, micros: Date.parse(`${start}Z`) * 1000 };
  return second.micros + Number(text.slice(20, 26));
}

const fieldsOf = (value: Json | undefined): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : NOTHING;
const NOTHING: Fields = {};

const textOf = (value: Json | undefined): string | null => (typeof value === "string" ? value : null);

/** A list of ids, from a list of things that have one. */
function idsOf(value: Json | undefined): string[] | null {
  return Array.isArray(value) ? (value as readonly Json[]).map((thing) => textOf(fieldsOf(thing).id) ?? "") : null;
}

/** From this layout on an entry has columns for its trace and its session. */
const TIED_SINCE = 2;

/** The session that a person used, or that the entry is about. */
function sessionOf(actor: Fields, target: Fields): string | null {
  if (actor.kind === "person") return textOf(fieldsOf(actor.credential).id);
  return target.kind === "session" ? textOf(target.id) : null;
}

/** The columns that are texts, each as a body of this layout says it. */
function textsSaid(body: Fields, entry: ScannedEntry): boolean {
  const actor = fieldsOf(body.actor);
  const target = fieldsOf(body.target);
  const tied = typeof body.v === "number" && body.v >= TIED_SINCE;
  return (
    entry.text("action") === textOf(body.action) &&
    entry.text("outcome") === textOf(body.outcome) &&
    entry.text("reason") === textOf(body.reason) &&
    entry.text("actor_kind") === textOf(actor.kind) &&
    entry.text("actor_id") === textOf(actor.id) &&
    entry.text("person_id") === textOf(fieldsOf(body.person).id) &&
    entry.text("agent_id") === textOf(fieldsOf(body.agent).id) &&
    entry.text("server_id") === textOf(fieldsOf(body.server).id) &&
    entry.text("token_id") === textOf(fieldsOf(body.credential).id) &&
    entry.text("target_kind") === textOf(target.kind) &&
    entry.text("target_id") === textOf(target.id) &&
    entry.text("tool") === textOf(body.tool) &&
    entry.text("ip") === (textOf(body.clientIp) ?? textOf(fieldsOf(body.source).ip)) &&
    entry.text("request_id") === textOf(body.requestId) &&
    entry.text("trace_id") === (tied ? textOf(fieldsOf(body.trace).id) : null) &&
    entry.text("session_id") === (tied ? sessionOf(actor, target) : null)
  );
}

function serversSaid(body: Fields, entry: ScannedEntry): boolean {
  const [stored, said] = [entry.texts("server_ids"), idsOf(body.servers)];
  if (stored === null || said === null) return stored === said;
  return stored.length === said.length && stored.every((id, nth) => id === said[nth]);
}

/** True where every column that searches use says what the body says. The body is what was hashed: the columns are not. */
export function columnsMatch(body: unknown, entry: ScannedEntry): boolean {
  const fields = fieldsOf(body as Json);
  const id = textOf(fields.id);
  return (
    id !== null &&
    entry.hex("id") === id.replaceAll("-", "") &&
    entry.occurredAt === microsOf(fields.occurredAt) &&
    textsSaid(fields, entry) &&
    serversSaid(fields, entry)
  );
}
