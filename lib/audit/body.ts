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
 * The exact text that is stored and hashed: RFC 8785 (JCS), so that who has the facts can write the same bytes again.
 * The layout is fixed, so it is written down directly with its keys in their order. Every text that comes from outside
 * passes `line` or `redact`; absent facts are left out.
 */
export function bodyText(ctx: Ctx, draft: EntryDraft, id: string, occurredAt: string): string {
  const { durationMs } = draft;
  const { one, several } = serversOf(draft);
  return (
    `{"action":${JSON.stringify(draft.action)},"actor":${actorJson(ctx.actor)}` +
    named("agent", draft.agent) +
    (draft.arguments === undefined ? "" : `,"arguments":${boundedJson(draft.arguments, MAX_ARGUMENT_CHARS)}`) +
    passingText("callerRequestId", draft.callerRequestId) +
    (draft.changes ? `,"changes":[${draft.changes.map(changeJson).join(",")}]` : "") +
    text("clientIp", draft.clientIp, MAX_ID_CHARS) +
    credential(draft.credential) +
    (draft.details ? `,"details":${boundedJson(draft.details, MAX_DETAIL_CHARS)}` : "") +
    (Number.isFinite(durationMs) ? `,"durationMs":${JSON.stringify(durationMs)}` : "") +
    `,"id":${JSON.stringify(id)}` +
    scopes("missingScopes", draft.missingScopes) +
    `,"occurredAt":"${occurredAt}","outcome":${JSON.stringify(draft.outcome)}` +
    named("person", draft.person) +
    `,"reason":${orNull(draft.reason)},"requestId":${JSON.stringify(passingLine(ctx.requestId, MAX_ID_CHARS))}` +
    scopes("requiredScopes", draft.requiredScopes) +
    named("role", draft.role) +
    named("server", one) +
    (several ? `,"servers":[${several.map(namedJson).join(",")}]` : "") +
    `,"source":{"ip":${orNull(ctx.source.ip, MAX_ID_CHARS)},"userAgent":${orNull(ctx.source.userAgent, MAX_USER_AGENT_CHARS)}}` +
    `,"target":${targetJson(draft.target)}` +
    text("tool", draft.tool) +
    `,"v":${ENTRY_SCHEMA_VERSION}}`
  );
}

const orNull = (value: string | null | undefined, maxChars?: number): string =>
  value === null || value === undefined ? "null" : jsonLine(value, maxChars);

const text = (field: string, value: string | null | undefined, maxChars?: number): string =>
  value === null || value === undefined ? "" : `,"${field}":${jsonLine(value, maxChars)}`;

const passingText = (field: string, value: string | null | undefined): string =>
  value === null || value === undefined ? "" : `,"${field}":${JSON.stringify(passingLine(value, MAX_ID_CHARS))}`;

const namedJson = (thing: Named): string => `{"id":${jsonLine(thing.id, MAX_ID_CHARS)},"name":${orNull(thing.name)}}`;

const named = (field: string, thing: Named | null | undefined): string =>
  thing ? `,"${field}":${namedJson(thing)}` : "";

const scopesJson = (list: readonly string[]): string =>
  `[${list
    .slice(0, MAX_SCOPES)
    .map((scope) => jsonLine(scope, MAX_ID_CHARS))
    .join(",")}]`;

const scopes = (field: string, list: readonly string[] | undefined): string =>
  list ? `,"${field}":${scopesJson(list)}` : "";

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

function credential(of: EntryDraft["credential"]): string {
  if (!of) return "";
  return (
    `,"credential":{"id":${jsonLine(of.id, MAX_ID_CHARS)},"kind":${jsonLine(of.kind)},"masked":${orNull(of.masked)},` +
    `"name":${orNull(of.name)}${scopes("scopes", of.scopes)}}`
  );
}

function targetJson(target: EntryDraft["target"]): string {
  if (!target) return "null";
  return `{"id":${jsonLine(target.id, MAX_ID_CHARS)},"kind":${JSON.stringify(target.kind)},"name":${orNull(target.name)}}`;
}

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
