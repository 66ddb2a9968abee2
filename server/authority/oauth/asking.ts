import { AsyncLocalStorage } from "node:async_hooks";
import { agentPermissions, systemPermissions } from "@/lib/authz/permissions";
import type { Ctx } from "@/lib/ctx";
import type { MachineInput } from "@/lib/http/machine";
import { readClient, type ClientRow } from "@/lib/oauth/client";
import { readGrant, type GrantFacts } from "@/lib/oauth/grant-facts";
import { findRefreshToken, type FoundRefreshToken } from "@/lib/oauth/refresh";
import { findResource, type ResourceServerRow } from "@/lib/oauth/resource";
import { strangerCtx } from "@/lib/validate/authenticate";

/** The request that the engine is answering: its hooks are not told of it. `known` is what was looked up for it. */
const asking = new AsyncLocalStorage<{ input: MachineInput; known: Map<string, Promise<unknown>> }>();

/** Runs the engine for one request. */
export function answering<T>(input: MachineInput, work: () => Promise<T>): Promise<T> {
  return asking.run({ input, known: new Map() }, work);
}

/** A look-up that is made once for each key of a request: the engine asks for the same again and again. */
function oncePerRequest<V>(what: string, read: (key: string) => Promise<V>): (key: string) => Promise<V> {
  return (key) => {
    const known = asking.getStore()?.known;
    const found = (known?.get(`${what} ${key}`) as Promise<V> | undefined) ?? read(key);
    known?.set(`${what} ${key}`, found);
    return found;
  };
}

/** `findResource` for this request. */
export const resourceOf = oncePerRequest<ResourceServerRow | null>("resource", (indicator) => findResource(indicator));
/** `readClient` for this request: what it says of secrets is as old as the request. */
export const clientOf = oncePerRequest<ClientRow | null>("client", (clientId) => readClient(clientId));
/** `readGrant` for this request. Whether it still lives is asked again where it counts, under its lock. */
export const grantOf = oncePerRequest<GrantFacts | null>("grant", readGrant);
/** `findRefreshToken` for this request; its grant then is known as well. */
export const refreshTokenOf = oncePerRequest<FoundRefreshToken | null>("refresh token", async (value) => {
  const found = await findRefreshToken(value);
  if (found) asking.getStore()?.known.set(`grant ${found.grant.id}`, Promise.resolve(found.grant));
  return found;
});

/** The ctx of whoever sent the request, before anybody knows who that is. */
export function currentCtx(): Ctx {
  const input = asking.getStore()?.input;
  if (!input) throw new Error("no OAuth request is being answered");
  return strangerCtx(input);
}

/** The ctx of the client that showed who it is. */
export function agentCtx(agent: { id: string; name: string }, personId: string | null): Ctx {
  return {
    ...currentCtx(),
    actor: { kind: "agent", agentId: agent.id, name: agent.name, personId, permissions: agentPermissions() },
  };
}

/** The ctx of Gatehouse itself, which ends what was stolen. */
export function guardCtx(): Ctx {
  return { ...currentCtx(), actor: { kind: "system", job: "oauth", permissions: systemPermissions() } };
}
