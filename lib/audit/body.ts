import "server-only";
import type { Actor, Ctx } from "@/lib/ctx";
import { actorRef } from "@/lib/ctx";
import { canonicalText } from "./canonical";
import type { EntryDraft, FieldChange } from "./entry";
import { jsonLine, line, MAX_ID_CHARS, passingLine } from "./line";
import { redact } from "./redact";

/** The version of the body's layout. */
export const ENTRY_SCHEMA_VERSION = 1;
const MAX_ARGUMENT_CHARS = 4096;
const MAX_CHANGE_CHARS = 8192;
const MAX_DETAIL_CHARS = 16_384;
const MAX_USER_AGENT_CHARS = 400;
const MAX_SCOPES = 200;
const MAX_SERVERS = 1000;

type Named = NonNullable<EntryDraft["person"]>;

/**
 * `write`, once for the same frozen thing and as long as somebody holds it: cached facts, and what is made of them, stand in
 * entry after entry. What is not frozen may become something else, and is written anew.
 */
function once<T extends object>(write: (thing: T) => string): (thing: T) => string {
  const written = new WeakMap<T, string>();
  return (thing) => {
    const known = written.get(thing);
    if (known !== undefined) return known;
    const json = write(thing);
    // Put together now, not each time that it is part of another text.
    if (Object.isFrozen(thing)) written.set(thing, Buffer.from(json).toString());
    return json;
  };
}

/** One server stands alone, as everywhere; only several are a list. */
export function serversOf({ server, servers = [] }: EntryDraft): {
  one: Named | null;
  several: readonly Named[] | null;
} {
  return servers.length > 1
    ? { one: null, several: servers.slice(0, MAX_SERVERS) }
    : { one: server ?? servers[0] ?? null, several: null };
}

/**
 * The exact text that is stored and hashed, in parts: RFC 8785 (JCS), so that who has the facts can write the same bytes
 * again. The layout is fixed, so it is written down directly with its keys in their order. Every text that comes from
 * outside passes `line` or `redact`; absent facts are left out.
 *
 * The credential is a part of its own because of the "…" in it: V8 keeps a text with such a character in two bytes for each,
 * and puts one together far slower.
 */
export function bodyParts(ctx: Ctx, draft: EntryDraft, id: string, occurredAt: string): readonly string[] {
  const { durationMs, agent, person, role, credential, target } = draft;
  const { one, several } = serversOf(draft);
  return [
    `{"action":"${draft.action}"${actorField(ctx.actor)}` +
      (agent ? agentField(agent) : "") +
      (draft.arguments === undefined ? "" : `,"arguments":${boundedJson(draft.arguments, MAX_ARGUMENT_CHARS)}`) +
      passingText("callerRequestId", draft.callerRequestId) +
      (draft.changes ? `,"changes":[${draft.changes.map(changeJson).join(",")}]` : "") +
      text("clientIp", draft.clientIp, MAX_ID_CHARS),
    credential ? credentialField(credential) : "",
    (draft.details ? `,"details":${boundedJson(draft.details, MAX_DETAIL_CHARS)}` : "") +
      (Number.isFinite(durationMs) ? `,"durationMs":${durationMs}` : "") +
      `,"id":"${id}"` +
      scopes("missingScopes", draft.missingScopes) +
      `,"occurredAt":"${occurredAt}","outcome":"${draft.outcome}"` +
      (person ? personField(person) : "") +
      `,"reason":${orNull(draft.reason)},"requestId":${passingJson(ctx.requestId)}` +
      scopes("requiredScopes", draft.requiredScopes) +
      (role ? roleField(role) : "") +
      (one ? serverField(one) : "") +
      (several ? `,"servers":[${several.map(namedJson).join(",")}]` : "") +
      `,"source":{"ip":${orNull(ctx.source.ip, MAX_ID_CHARS)},"userAgent":${orNull(ctx.source.userAgent, MAX_USER_AGENT_CHARS)}}` +
      (target ? targetField(target) : ',"target":null') +
      text("tool", draft.tool) +
      `,"v":${ENTRY_SCHEMA_VERSION}}`,
  ];
}

const orNull = (value: string | null | undefined, maxChars?: number): string =>
  value === null || value === undefined ? "null" : jsonLine(value, maxChars);

const text = (field: string, value: string | null | undefined, maxChars?: number): string =>
  value === null || value === undefined ? "" : `,"${field}":${jsonLine(value, maxChars)}`;

const passingJson = (value: string): string => JSON.stringify(passingLine(value, MAX_ID_CHARS));

const passingText = (field: string, value: string | null | undefined): string =>
  value === null || value === undefined ? "" : `,"${field}":${passingJson(value)}`;

const namedJson = (thing: Named): string => `{"id":${jsonLine(thing.id, MAX_ID_CHARS)},"name":${orNull(thing.name)}}`;

const agentField = once((agent: Named) => `,"agent":${namedJson(agent)}`);
const personField = once((person: Named) => `,"person":${namedJson(person)}`);
const roleField = once((role: Named) => `,"role":${namedJson(role)}`);
const serverField = once((server: Named) => `,"server":${namedJson(server)}`);

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
        name: line(actor.name),
        email: line(actor.email),
        consoleRole: actor.consoleRole,
        sessionId: actor.sessionId,
      });
    case "token":
      return canonicalText({
        kind: "token",
        id: actor.tokenId,
        name: line(actor.name),
        personId: actor.personId,
        agentId: actor.agentId,
      });
    case "server":
      return `{"id":${JSON.stringify(actor.serverId)},"keyId":${JSON.stringify(actor.keyId)},"kind":"server","name":${jsonLine(actor.name)}}`;
    case "system":
      return canonicalText({ kind: "system", id: actorRef(actor) });
    case "anonymous":
      return '{"kind":"anonymous"}';
  }
}

const credentialField = once(
  (of: NonNullable<EntryDraft["credential"]>) =>
    `,"credential":{"id":${jsonLine(of.id, MAX_ID_CHARS)},"kind":${jsonLine(of.kind)},"masked":${orNull(of.masked)},` +
    `"name":${orNull(of.name)}${scopes("scopes", of.scopes)}}`,
);

const targetField = once(
  ({ id, kind, name }: NonNullable<EntryDraft["target"]>) =>
    `,"target":{"id":${jsonLine(id, MAX_ID_CHARS)},"kind":"${kind}","name":${orNull(name)}}`,
);

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

/** The field's name decides whether its values are secrets, as a key's does. */
function changeJson({ field, before, after }: FieldChange): string {
  const one = (value: unknown) => {
    const [clean] = Object.values(redact({ [field]: value ?? null }) as object) as unknown[];
    return boundedJson(clean ?? null, MAX_CHANGE_CHARS);
  };
  return `{"after":${one(after)},"before":${one(before)},"field":${JSON.stringify(line(field))}}`;
}
