import "server-only";
import type { Format, LoggedEntry } from "../receiver";
import { given, present, readBody, wentWell, type EntryBody } from "./body";
import { classOf, OTHER } from "./ocsf-classes";

/** The version whose words these are. */
const OCSF_VERSION = "1.5.0";

const USER = 1;
const ADMIN = 2;
const SYSTEM = 3;
const UNKNOWN = 0;
const INFORMATIONAL = 1;
const LOW = 2;

const millis = (time: string): number => Date.parse(time);

type User = { uid?: string; name?: string; email_addr?: string; type_id: number };

/** Who did it: a person as a user, a program as an application, which may act for a person. */
function actorOf({ actor, person }: EntryBody): object {
  const session = actor?.sessionId === undefined ? {} : { session: { uid: actor.sessionId } };
  const behind = person ? { user: userOf(person.id, person.name, USER) } : {};
  switch (actor?.kind) {
    case "person":
      return { user: actorUser(actor), ...session };
    case "token":
    case "agent":
    case "server":
    case "system":
      return { ...present({ app_uid: actor.id, app_name: actor.name }), ...behind };
    default:
      return { user: { name: "anonymous", type_id: UNKNOWN } };
  }
}

function actorUser({ id, name, email, consoleRole }: NonNullable<EntryBody["actor"]>): Partial<User> {
  const type_id = consoleRole === "owner" || consoleRole === "admin" ? ADMIN : USER;
  return present({ uid: id, name, email_addr: email, type_id });
}

const userOf = (uid: string, name: string | null | undefined, type_id: number): Partial<User> =>
  present({ uid, name: given(name), type_id });

/** Whom the fact is about: the person, else the agent, else whoever did it. */
function subjectOf(body: EntryBody): object {
  const { person, agent, target, actor } = body;
  if (target?.kind === "person") return userOf(target.id, target.name ?? person?.name, USER);
  if (person) return userOf(person.id, person.name, USER);
  if (agent) return userOf(agent.id, agent.name, SYSTEM);
  if (actor?.kind === "person") return actorUser(actor);
  return { name: actor?.name ?? actor?.id ?? "anonymous", type_id: UNKNOWN };
}

const endpointOf = ({ clientIp, source }: EntryBody): object =>
  clientIp || source?.ip ? { ip: clientIp ?? source?.ip } : { svc_name: "gatehouse" };

function entityOf({ target, server, action }: EntryBody): object {
  const thing = target ?? (server ? { ...server, kind: "server" } : null);
  return thing
    ? present({ uid: thing.id, name: given(thing.name), type: thing.kind })
    : { name: "gatehouse", type: action.split(".")[0] ?? "instance" };
}

/** At least one: a class that is about privileges has some. */
function privilegesOf({ credential, role, reason, action }: EntryBody): string[] {
  if (credential?.scopes?.length) return credential.scopes;
  return [role?.name ?? role?.id ?? reason ?? action];
}

/** What only the class of the action has. */
function classFields(uid: number, body: EntryBody): object {
  const { server, servers, tool, action, requestId } = body;
  const service = { name: server?.name ?? "Gatehouse", uid: server?.id ?? "gatehouse" };
  switch (uid) {
    case 3001:
      return { user: subjectOf(body) };
    case 3002:
      return { user: subjectOf(body), service };
    case 3003:
      return { user: subjectOf(body), privileges: privilegesOf(body) };
    case 3004:
      return { entity: entityOf(body) };
    case 3005:
      return { user: subjectOf(body), privileges: privilegesOf(body) };
    default:
      return {
        api: { operation: tool ?? action, service, request: { uid: requestId ?? body.id } },
        resources: [
          entityOf(body),
          ...(servers ?? []).map((one) => entityOf({ ...body, target: { ...one, kind: "server" } })),
        ],
      };
  }
}

const metadataOf = (entry: LoggedEntry, body: EntryBody): object => ({
  version: OCSF_VERSION,
  product: { name: "Gatehouse", vendor_name: "Gatehouse", uid: "gatehouse" },
  uid: entry.id,
  event_code: body.action,
  log_name: "audit",
  logged_time: millis(entry.recordedAt),
  original_time: body.occurredAt,
  ...(entry.idx < 0 ? {} : { sequence: entry.idx }),
  ...present({ correlation_uid: body.requestId }),
});

/** An entry as an OCSF event. `raw_data` is the stored body, byte for byte; `unmapped` tells its place in the log and its leaf hash. */
export const ocsfFormat: Format = (entry) => {
  const body = readBody(entry);
  const { uid, activity } = classOf(body.action);
  const well = wentWell(body.outcome);
  const event = {
    category_uid: Math.floor(uid / 1000),
    class_uid: uid,
    activity_id: activity,
    ...(activity === OTHER ? { activity_name: body.action } : {}),
    type_uid: uid * 100 + activity,
    time: millis(body.occurredAt),
    severity_id: well ? INFORMATIONAL : LOW,
    status_id: well ? 1 : 2,
    status: well ? "Success" : "Failure",
    ...present({ status_code: given(body.reason) }),
    status_detail: body.outcome,
    message: `${body.action}: ${body.outcome}${body.reason ? ` (${body.reason})` : ""}`,
    metadata: metadataOf(entry, body),
    actor: actorOf(body),
    src_endpoint: endpointOf(body),
    ...classFields(uid, body),
    ...(body.source?.userAgent ? { http_request: { user_agent: body.source.userAgent } } : {}),
    raw_data: entry.body,
    unmapped: entry.idx < 0 ? { test: true } : { gatehouse: { index: entry.idx, leaf: entry.leaf } },
  };
  return JSON.stringify(event);
};
