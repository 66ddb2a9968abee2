import "server-only";
import { prepareEntry } from "@/lib/audit/entry";
import { anonymousPermissions, serverPermissions } from "@/lib/authz/permissions";
import type { Actor, Ctx } from "@/lib/ctx";
import { rethrow } from "@/lib/db-errors";
import { GatehouseError } from "@/lib/errors";
import { basicCredentials, bearerCredential, type MachineInput } from "@/lib/http/machine";
import { traceOf } from "@/lib/http/trace";
import { cachedServerByKey, findServerByKey, type KeyHolder } from "@/lib/key/authenticate";
import { takeTurns } from "@/lib/limit/turns";
import { credentialKind } from "@/lib/token/format";
import type { Asking } from "./facts";
import { Familiar } from "./familiar";
import { runtime } from "./runtime";
import { KEYLESS, strangers } from "./strangers";

/** The ctx of a server that showed its key. */
export type ServerCtx = Ctx & { actor: Extract<Actor, { kind: "server" }> };

/** Who asks: its ctx, and what its key told of it. */
export type Caller = { ctx: ServerCtx; asking: Asking };

const nowSeconds = () => Date.now() / 1000;

/** A ctx for somebody who showed nothing. */
export function strangerCtx({ headers, requestId, source }: MachineInput): Ctx {
  const actor: Actor = { kind: "anonymous", permissions: anonymousPermissions() };
  return { actor, requestId, source, trace: traceOf(headers.traceparent), nowSeconds };
}

/**
 * The server whose key stands in the request. Anything else throws `unauthenticated` after it was recorded
 * (`key.refuse`), or `unavailable` where it could not be: there is no attempt without an entry.
 * @param basic true where HTTP Basic will do as well: key id or server id, and the key as password (RFC 6749 §2.3.1)
 */
export async function authenticateServer(input: MachineInput, { basic = false } = {}): Promise<Caller> {
  const credentials = basic ? basicCredentials(input.headers) : null;
  const key = bearerCredential(input.headers) ?? credentials?.password ?? null;
  const identify = async () => {
    const holder = key === null ? null : await lookUp(key).catch(rethrow);
    const named = !credentials || credentials.user === holder?.keyId || credentials.user === holder?.serverId;
    if (!holder || !named) throw await refuse(input, key === null ? "no_key" : "bad_key");
    return callerOf(holder, input);
  };
  return key !== null && familiar.has(key) ? identify() : strangers.take(KEYLESS, 1, identify);
}

/** What `authenticateServer` answers for a bearer key, where the key is cached and good; else null: then ask that. */
export function cachedServer(input: MachineInput): Caller | null {
  const key = bearerCredential(input.headers);
  const holder = key === null ? null : cachedServerByKey(key, nowSeconds());
  return holder ? callerOf(holder, input) : null;
}

function callerOf(holder: KeyHolder, { headers, requestId, source }: MachineInput): Caller {
  runtime().activity.noteKey(holder.keyId, nowSeconds());
  const { actor, asking } = identityOf(holder);
  return { ctx: { actor, requestId, source, trace: traceOf(headers.traceparent), nowSeconds }, asking };
}

type Identity = Pick<Caller, "asking"> & { actor: ServerCtx["actor"] };

/** A cached key comes back as the same object, and so does what is made of it. */
const identities = new WeakMap<KeyHolder, Identity>();

function identityOf(holder: KeyHolder): Identity {
  const before = identities.get(holder);
  if (before) return before;
  const { serverId, serverName, resource, keyId, auditLevel } = holder;
  const identity: Identity = {
    actor: Object.freeze({ kind: "server", serverId, keyId, name: serverName, permissions: serverPermissions() }),
    asking: { id: serverId, name: serverName, resource, disabled: holder.serverStatus === "disabled", auditLevel },
  };
  identities.set(holder, identity);
  return identity;
}

/** Beside that, look-ups of unknown keys leave connections to everybody else: unlike those of tokens, each takes one. */
const keyLookUp = takeTurns({ atOnce: 4, waiting: 2_000 });
const familiar = new Familiar();

async function lookUp(key: string): Promise<KeyHolder | null> {
  const cached = cachedServerByKey(key, nowSeconds());
  if (cached !== undefined) return cached;
  if (credentialKind(key) !== "srv") return null;
  const find = () => findServerByKey(key, nowSeconds());
  const holder = await (familiar.has(key) ? find() : keyLookUp(find));
  if (holder) familiar.note(key);
  else familiar.forget(key);
  return holder;
}

async function refuse(input: MachineInput, reason: "no_key" | "bad_key"): Promise<GatehouseError> {
  const entry = prepareEntry(strangerCtx(input), { action: "key.refuse", outcome: "denied", reason });
  await runtime().recorder.record([entry]);
  return new GatehouseError("unauthenticated", {
    detail: reason === "no_key" ? "Send a server key as bearer token." : "The server key is not valid.",
  });
}
