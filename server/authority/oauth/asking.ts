import { AsyncLocalStorage } from "node:async_hooks";
import { agentPermissions, systemPermissions } from "@/lib/authz/permissions";
import type { Ctx } from "@/lib/ctx";
import type { MachineInput } from "@/lib/http/machine";
import { findResource, type ResourceServerRow } from "@/lib/oauth/resource";
import { strangerCtx } from "@/lib/validate/authenticate";

/** The request that the engine is answering: its hooks are not told of it. */
const asking = new AsyncLocalStorage<{
  input: MachineInput;
  resources: Map<string, Promise<ResourceServerRow | null>>;
}>();

/** Runs the engine for one request. */
export function answering<T>(input: MachineInput, work: () => Promise<T>): Promise<T> {
  return asking.run({ input, resources: new Map() }, work);
}

/** `findResource`, once for each indicator of a request: the engine asks for the same again and again. */
export function resourceOf(indicator: string): Promise<ResourceServerRow | null> {
  const known = asking.getStore()?.resources.get(indicator);
  if (known) return known;
  const found = findResource(indicator);
  asking.getStore()?.resources.set(indicator, found);
  return found;
}

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
