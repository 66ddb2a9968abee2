import "server-only";
import type { Format } from "../receiver";
import { given, partsOf, present, readBody, wentWell, type EntryBody } from "./body";

/** The version whose words these are. */
const ECS_VERSION = "8.17.0";

const NANOS_PER_MS = 1_000_000;

/** What changes who may do what; what changes how Gatehouse works is `configuration`. */
const IAM = new Set(["person", "role", "agent", "grant", "approval", "key", "client", "token", "secret"]);
const API = new Set(["token.validate", "token.introspect", "tool.call", "api.refuse", "key.refuse"]);
const AUTHENTICATION = new Set(["session", "oauth"]);

function categoryOf(action: string): "api" | "authentication" | "iam" | "configuration" {
  const { noun } = partsOf(action);
  if (API.has(action) || noun === "audit") return "api";
  if (AUTHENTICATION.has(noun)) return "authentication";
  return IAM.has(noun) ? "iam" : "configuration";
}

const CREATION = /^(create|mint|issue|register|give|invite|first_run)/;
const DELETION = /^(delete|remove|revoke|forget|archive|discard|end)/;
const READING = /^(read|search|export|diagnose)/;

/** Types of the category, in ECS's fixed words. */
function typesOf(category: string, { action, outcome }: EntryBody): string[] {
  const { verb } = partsOf(action);
  if (category === "authentication")
    return [
      /^(sign_in|issue|refresh|exchange)/.test(verb) ? "start" : /^(sign_out|revoke)/.test(verb) ? "end" : "info",
    ];
  if (category === "api") return ["access", wentWell(outcome) ? "allowed" : "denied"];
  const kind = CREATION.test(verb) ? "creation" : DELETION.test(verb) ? "deletion" : READING.test(verb) ? "info" : "change"; // prettier-ignore
  return category === "iam" ? ["admin", kind] : [kind];
}

function userOf({ actor, person }: EntryBody): object | undefined {
  const target =
    person && person.id !== actor?.id ? { target: present({ id: person.id, name: given(person.name) }) } : {};
  if (actor?.kind !== "person") return person ? present({ id: person.id, name: given(person.name) }) : undefined;
  const { id, name, email, consoleRole } = actor;
  return { ...present({ id, full_name: name, email, roles: consoleRole ? [consoleRole] : undefined }), ...target };
}

const idsOf = ({ actor, person }: EntryBody): string[] => [
  ...new Set([actor?.kind === "person" ? actor.id : undefined, actor?.email, person?.id].flatMap((id) => id ?? [])),
];

function addressOf({ clientIp, source }: EntryBody): object {
  const ip = clientIp ?? source?.ip;
  return ip ? { source: { ip }, related: { ip: [ip] } } : { related: {} };
}

/** An entry in the Elastic Common Schema. `event.original` is the stored body, byte for byte; what ECS has no field for is under `gatehouse`. */
export const ecsFormat: Format = (entry) => {
  const body = readBody(entry);
  const category = categoryOf(body.action);
  const { related, ...address } = addressOf(body) as { related: object };
  const users = idsOf(body);
  const { actor, agent, server, servers, role, credential, target, tool } = body;
  const event = {
    "@timestamp": body.occurredAt,
    ecs: { version: ECS_VERSION },
    message: `${body.action}: ${body.outcome}${body.reason ? ` (${body.reason})` : ""}`,
    event: {
      kind: "event",
      category: [category],
      type: typesOf(category, body),
      action: body.action,
      outcome: wentWell(body.outcome) ? "success" : "failure",
      module: "gatehouse",
      dataset: "gatehouse.audit",
      provider: "gatehouse",
      id: entry.id,
      created: entry.recordedAt,
      hash: entry.leaf,
      original: entry.body,
      ...(entry.idx < 0 ? {} : { sequence: entry.idx }),
      ...present({
        reason: given(body.reason),
        duration: body.durationMs === undefined ? undefined : Math.round(body.durationMs * NANOS_PER_MS),
      }),
    },
    service: { name: "gatehouse", type: "gatehouse" },
    ...present({
      user: userOf(body),
      user_agent: body.source?.userAgent ? { original: body.source.userAgent } : undefined,
      http: body.requestId === undefined ? undefined : { request: { id: body.requestId } },
      trace: body.trace ? { id: body.trace.id } : undefined,
    }),
    ...address,
    related: { ...related, ...(users.length > 0 ? { user: users } : {}) },
    gatehouse: {
      audit: entry.idx < 0 ? { test: true } : { index: entry.idx, leaf: entry.leaf },
      outcome: body.outcome,
      ...present({ actor, agent, server, servers, role, credential, target: given(target), tool }),
    },
  };
  return JSON.stringify(event);
};
