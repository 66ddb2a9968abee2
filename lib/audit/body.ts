import "server-only";
import type { Actor, Ctx, Source } from "@/lib/ctx";
import { actorRef } from "@/lib/ctx";
import type { Trace } from "@/lib/http/trace";
import { ACTION_FACTS } from "./actions";
import { canonicalText } from "./canonical";
import type { TargetKind } from "./catalogue";
import type { EntryDraft, FieldChange, PreparedEntry } from "./entry";
import { jsonLine, line, MAX_ID_CHARS, passingLine } from "./line";
import { committedAs } from "./personal/draft";
import { isCommitment } from "./personal/ref";
import { redact } from "./redact";

/** The version of the body's layout: from 3 on nothing in it says a person's name or address, but commitments to them. */
export const ENTRY_SCHEMA_VERSION = 3;
const MAX_ARGUMENT_CHARS = 4096;
const MAX_CHANGE_CHARS = 8192;
const MAX_DETAIL_CHARS = 16_384;
const MAX_USER_AGENT_CHARS = 400;
const MAX_SCOPES = 200;
const MAX_SERVERS = 1000;
const MAX_PROXIES = 20;

type Named = NonNullable<EntryDraft["agent"]>;
type Person = NonNullable<EntryDraft["person"]>;
type Credential = NonNullable<EntryDraft["credential"]>;
type Target = NonNullable<EntryDraft["target"]>;

/** The part of a draft that says whom and what the fact concerns. */
export type Parties = Pick<EntryDraft, "agent" | "credential" | "person" | "role" | "server" | "servers" | "target">;

/** Whom and what an entry concerns, in the words of the body: entries about the same share it. */
export type Concerned = {
  readonly agent: string;
  readonly credential: string;
  readonly person: string;
  readonly role: string;
  readonly servers: string;
  readonly target: string;
  readonly columns: Pick<
    PreparedEntry,
    "person_id" | "agent_id" | "server_id" | "server_ids" | "token_id" | "target_kind" | "target_id" | "session_id"
  >;
};

/** Puts them into words. Where several entries concern the same, once will do. */
export function concernedBy({ agent, credential, person, role, target, server, servers = [] }: Parties): Concerned {
  // One server stands alone, as everywhere; only several are a list.
  const several = servers.length > 1 ? servers.slice(0, MAX_SERVERS) : null;
  const one = several ? null : (server ?? servers[0] ?? null);
  return {
    agent: flat(named("agent", agent)),
    credential: flat(credential ? credentialField(credential) : ""),
    person: flat(person ? `,"person":${personJson(person)}` : ""),
    role: flat(named("role", role)),
    servers: flat(several ? `,"servers":[${several.map(namedJson).join(",")}]` : named("server", one)),
    target: flat(`,"target":${target ? targetJson(target) : "null"}`),
    columns: {
      person_id: idOrNull(person?.id),
      agent_id: idOrNull(agent?.id),
      server_id: idOrNull(one?.id),
      server_ids: several?.map(({ id }) => line(id, MAX_ID_CHARS)) ?? null,
      token_id: idOrNull(credential?.id),
      target_kind: target?.kind ?? null,
      target_id: idOrNull(target?.id),
      session_id: target?.kind === "session" ? line(target.id, MAX_ID_CHARS) : null,
    },
  };
}

/** The same text in one piece: V8 keeps a sum of texts as a tree, and walks it each time that it is part of another. */
const flat = (sum: string): string => Buffer.from(sum).toString();

const idOrNull = (id: string | null | undefined): string | null =>
  id === null || id === undefined ? null : line(id, MAX_ID_CHARS);

/** What is said of one fact alone. */
type Passing = Omit<EntryDraft, keyof Parties>;

/**
 * The exact text that is stored and hashed, in parts: RFC 8785 (JCS), so that who has the facts can write the same bytes
 * again. The layout is fixed, so it is written down directly with its keys in their order. Every text that comes from
 * outside passes `line` or `redact`; absent facts are left out.
 *
 * The credential is a part of its own because of the "…" in it: V8 keeps a text with such a character in two bytes for each,
 * and puts one together far slower.
 */
export function bodyParts(
  ctx: Ctx,
  draft: Passing,
  concerned: Concerned,
  id: string,
  occurredAt: string,
): readonly string[] {
  const { durationMs } = draft;
  return [
    `{"action":"${draft.action}"${actorField(ctx.actor)}${concerned.agent}` +
      argumentsField(draft) +
      passingText("callerRequestId", draft.callerRequestId) +
      (draft.changes
        ? `,"changes":[${draft.changes.map((change) => changeJson(change, concerned.columns.target_kind)).join(",")}]`
        : "") +
      text("clientIp", draft.clientIp, MAX_ID_CHARS) +
      `,"code":${ACTION_FACTS[draft.action].code}`,
    concerned.credential,
    (draft.details ? `,"details":${boundedJson(draft.details, MAX_DETAIL_CHARS)}` : "") +
      (Number.isFinite(durationMs) ? `,"durationMs":${durationMs}` : "") +
      `,"id":"${id}"${scopes("missingScopes", draft.missingScopes)}` +
      `,"occurredAt":"${occurredAt}","outcome":"${draft.outcome}"${concerned.person}` +
      `,"reason":${orNull(draft.reason)},"requestId":${passingJson(ctx.requestId)}` +
      `${scopes("requiredScopes", draft.requiredScopes)}${concerned.role}${concerned.servers}` +
      `${sourceField(ctx.source)}${concerned.target}${text("tool", draft.tool)}${traceField(ctx.trace)}` +
      `,"v":${ENTRY_SCHEMA_VERSION}}`,
  ];
}

const argumentsField = ({ arguments: given, auditLevel }: Passing): string => {
  if (given === undefined) return "";
  // A field of its own: what stands in `arguments` are the caller's words.
  return auditLevel === "metadata"
    ? ',"argumentsOmitted":"audit_level"'
    : `,"arguments":${boundedJson(given, MAX_ARGUMENT_CHARS)}`;
};

const sourceField = ({ ip, proxies, userAgent }: Source): string =>
  `,"source":{"ip":${orNull(ip, MAX_ID_CHARS)}${proxies ? `,"proxies":${proxiesJson(proxies)}` : ""}` +
  `,"userAgent":${orNull(userAgent, MAX_USER_AGENT_CHARS)}}`;

const proxiesJson = (proxies: readonly string[]): string =>
  `[${proxies
    .slice(0, MAX_PROXIES)
    .map((proxy) => jsonLine(proxy, MAX_ID_CHARS))
    .join(",")}]`;

/** Both are hex digits already (`traceOf`). */
const traceField = (trace: Trace | null | undefined): string =>
  trace ? `,"trace":{"id":"${trace.traceId}","parentId":"${trace.parentId}"}` : "";

const orNull = (value: string | null | undefined, maxChars?: number): string =>
  value === null || value === undefined ? "null" : jsonLine(value, maxChars);

const text = (field: string, value: string | null | undefined, maxChars?: number): string =>
  value === null || value === undefined ? "" : `,"${field}":${jsonLine(value, maxChars)}`;

const passingJson = (value: string): string => JSON.stringify(passingLine(value, MAX_ID_CHARS));

const passingText = (field: string, value: string | null | undefined): string =>
  value === null || value === undefined ? "" : `,"${field}":${passingJson(value)}`;

const namedJson = (thing: Named): string => `{"id":${jsonLine(thing.id, MAX_ID_CHARS)},"name":${orNull(thing.name)}}`;

/** The commitment, where there is one: never the clear name. */
const refJson = (ref: string | undefined): string => (isCommitment(ref) ? `"${ref}"` : "null");

const personJson = ({ id, nameRef }: Person): string =>
  `{"id":${jsonLine(id, MAX_ID_CHARS)},"name":${refJson(nameRef)}}`;

const named = (field: string, thing: Named | null | undefined): string =>
  thing ? `,"${field}":${namedJson(thing)}` : "";

/** `write`, once for the same frozen thing and as long as somebody holds it. What is not frozen may become something else. */
function once<T extends object>(write: (thing: T) => string): (thing: T) => string {
  const written = new WeakMap<T, string>();
  return (thing) => {
    const known = written.get(thing);
    if (known !== undefined) return known;
    const json = flat(write(thing));
    if (Object.isFrozen(thing)) written.set(thing, json);
    return json;
  };
}

const scopesJson = once(
  (list: readonly string[]): string =>
    `[${list
      .slice(0, MAX_SCOPES)
      .map((scope) => jsonLine(scope, MAX_ID_CHARS))
      .join(",")}]`,
);

const scopes = (field: string, list: readonly string[] | undefined): string =>
  list ? `,"${field}":${scopesJson(list)}` : "";

const actorField = once((actor: Actor) => `,"actor":${actorJson(actor)}`);

function actorJson(actor: Actor): string {
  switch (actor.kind) {
    case "person":
      return canonicalText({
        kind: "person",
        id: actor.personId,
        name: isCommitment(actor.nameRef) ? actor.nameRef : null,
        email: isCommitment(actor.emailRef) ? actor.emailRef : null,
        consoleRole: actor.consoleRole,
        credential: { kind: "session", id: actor.sessionId, methods: actor.amr },
      });
    case "token":
      return canonicalText({
        kind: "token",
        id: actor.tokenId,
        name: line(actor.name),
        credential: {
          kind: "token",
          id: actor.tokenId,
          scopes: actor.scopes.map((scope) => line(scope, MAX_ID_CHARS)),
        },
        agentId: actor.agentId ?? undefined,
        onBehalfOf: behalfOf(actor.personId),
      });
    case "agent":
      return canonicalText({
        kind: "agent",
        id: actor.agentId,
        name: line(actor.name),
        onBehalfOf: behalfOf(actor.personId),
      });
    case "server":
      return (
        `{"credential":{"id":${JSON.stringify(actor.keyId)},"kind":"server_key"},"id":${JSON.stringify(actor.serverId)},` +
        `"kind":"server","name":${jsonLine(actor.name)}}`
      );
    case "system":
      return canonicalText({ kind: "system", id: actorRef(actor) });
    case "anonymous":
      return '{"kind":"anonymous"}';
  }
}

/** For whom an agent, or a token of one, acts. */
const behalfOf = (personId: string | null) => (personId === null ? undefined : { kind: "person", id: personId });

const credentialField = ({ actors, id, kind, masked, name, scopes: list }: Credential): string =>
  `,"credential":{${actors ? `"actors":${scopesJson(actors)},` : ""}"id":${jsonLine(id, MAX_ID_CHARS)},"kind":${jsonLine(kind)},"masked":${orNull(masked)},` +
  `"name":${orNull(name)}${scopes("scopes", list)}}`;

const targetJson = ({ id, kind, name, nameRef }: Target): string =>
  `{"id":${jsonLine(id, MAX_ID_CHARS)},"kind":"${kind}","name":${committedAs(kind, "name") ? refJson(nameRef) : orNull(name)}}`;

/** Redacted first and capped after, so that a cut never leaves half a secret. */
function boundedJson(value: unknown, maxChars: number): string {
  const clean = redact(value) ?? null;
  const text = canonicalText(clean);
  if (text.length <= maxChars) return text;
  return canonicalText({
    truncated: `${text.length} characters`,
    start: JSON.stringify(clean)
      .slice(0, maxChars / 2)
      .toWellFormed(),
  });
}

/** The field's name decides whether its values are secrets, as a key's does, and whether they are a person's own. */
function changeJson({ field, before, after }: FieldChange, of: Concerned["columns"]["target_kind"]): string {
  const one = (value: unknown) => {
    if (committedAs(of as TargetKind, field)) return isCommitment(value) ? `"${value}"` : "null";
    const [clean] = Object.values(redact({ [field]: value ?? null }) as object) as unknown[];
    return boundedJson(clean ?? null, MAX_CHANGE_CHARS);
  };
  return `{"after":${one(after)},"before":${one(before)},"field":${JSON.stringify(line(field))}}`;
}
