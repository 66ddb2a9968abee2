import type { Expiry } from "@/components/token/expiry";
import type { RateLimit } from "@/components/token/rate-limit-field";
import type { z } from "zod";
import type { mintTokenSchema } from "@/lib/token/schema";
import type { MintOptions, RoleOption, ServerOption } from "./mint-options";

/** Client-safe: what the mint form holds, and what follows from it. */

/** Who the token is for. */
export type HolderKind = "person" | "person-through-agent" | "agent";
/** What it may do: all that its role gives, the reading part of it, or chosen scopes. */
export type Reach = "role" | "read" | "chosen";

export type MintDraft = {
  holderKind: HolderKind;
  personId: string | null;
  agentId: string | null;
  roleId: string | null;
  serverIds: string[];
  reach: Reach;
  scopes: string[];
  name: string;
  expiry: Expiry;
  notBefore: string;
  cidrs: string[];
  rateLimit: RateLimit | null;
  note: string;
};

/** The draft that the form starts with; `preset` comes from the address and fills in, but never submits. */
export function firstDraft(
  options: MintOptions,
  preset: Partial<Record<"person" | "agent" | "role" | "server", string>>,
): MintDraft {
  const agent = options.agents.find((one) => one.id === preset.agent);
  const person = options.people.find(
    (one) => one.id === (preset.person ?? (agent?.kind === "machine" ? undefined : options.selfId)),
  );
  const draft: MintDraft = {
    holderKind: agent ? (person && agent.kind === "interactive" ? "person-through-agent" : "agent") : "person",
    personId: person?.id ?? null,
    agentId: agent?.id ?? null,
    roleId: null,
    serverIds: [],
    reach: "read",
    scopes: [],
    name: "",
    expiry: { expiresInSeconds: Math.min(options.policy.defaultSeconds, options.policy.maxSeconds) },
    notBefore: "",
    cidrs: [],
    rateLimit: { limit: 600, windowSeconds: 60 },
    note: "",
  };
  const roles = rolesFor(options, draft);
  const role = roles.find((one) => one.id === preset.role) ?? (roles.length === 1 ? roles[0] : undefined);
  return role ? withRole(draft, role, preset.server) : draft;
}

/** The roles that the draft's holder has: its person's where there is one, else its agent's. */
export function rolesFor(options: MintOptions, draft: MintDraft): RoleOption[] {
  const holder =
    draft.holderKind === "agent"
      ? options.agents.find((one) => one.id === draft.agentId)
      : options.people.find((one) => one.id === draft.personId);
  return holder ? options.roles.filter((role) => holder.roleIds.includes(role.id)) : [];
}

/** The draft under another role: its servers are chosen anew (all of them where it is a single one, or as asked). */
export function withRole(draft: MintDraft, role: RoleOption, serverId?: string): MintDraft {
  const asked = role.servers.filter((server) => server.id === serverId);
  const servers = asked.length > 0 ? asked : role.servers.length === 1 ? role.servers : [];
  return {
    ...draft,
    roleId: role.id,
    serverIds: servers.map((server) => server.id),
    reach: role.readOnly ? "role" : "read",
    scopes: [],
  };
}

/** The chosen servers, in the role's order. */
export function chosenServers(role: RoleOption | undefined, draft: MintDraft): ServerOption[] {
  return role?.servers.filter((server) => draft.serverIds.includes(server.id)) ?? [];
}

/** The names of the scopes that the token would have today. */
export function reachedScopes(servers: readonly ServerOption[], draft: MintDraft) {
  const offered = servers.flatMap((server) => server.scopes);
  if (draft.reach === "role") return offered;
  if (draft.reach === "read") return offered.filter((scope) => scope.access === "read");
  return offered.filter((scope) => draft.scopes.includes(scope.name));
}

/** The longest life that policy allows for these servers, in seconds. */
export function longestSeconds(options: MintOptions, servers: readonly ServerOption[]): number {
  return Math.min(
    options.policy.maxSeconds,
    ...servers.flatMap((server) => (server.maxSeconds === null ? [] : [server.maxSeconds])),
  );
}

/** What is sent. Read-only is a narrowing to today's reading scopes, so that the token is minted as one that never writes. */
export function toMintInput(draft: MintDraft, role: RoleOption | undefined): z.input<typeof mintTokenSchema> {
  const servers = chosenServers(role, draft);
  const narrowed =
    draft.reach === "role" ? undefined : [...new Set(reachedScopes(servers, draft).map((scope) => scope.name))];
  return {
    name: draft.name,
    ...(draft.holderKind !== "agent" && draft.personId ? { personId: draft.personId } : {}),
    ...(draft.holderKind !== "person" && draft.agentId ? { agentId: draft.agentId } : {}),
    roleId: draft.roleId ?? "",
    serverIds: servers.map((server) => server.id),
    ...(narrowed ? { scopes: narrowed } : {}),
    ...draft.expiry,
    ...(draft.notBefore ? { notBefore: new Date(draft.notBefore).toISOString() } : {}),
    allowedCidrs: draft.cidrs,
    ...(draft.rateLimit ? { rateLimit: draft.rateLimit } : {}),
    note: draft.note,
  };
}
