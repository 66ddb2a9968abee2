import "server-only";
import { may, ownPersonId, reach, refusal } from "@/lib/authz/require";
import { nowDate, type Ctx } from "@/lib/ctx";
import { fieldError, GatehouseError } from "@/lib/errors";
import { defineVerb } from "@/lib/verb";
import { normaliseCidrs } from "./cidr";
import { requireNoEscalation } from "./escalation";
import { lastFour } from "./format";
import { describeCredential, describeTerms, insertToken, type NewToken } from "./insert";
import { lockParties, type Parties } from "./parties";
import { loadTokens } from "./rows";
import type { MintedTokenDto, MintTokenInput } from "./schema";
import { kindOf, lifetimePolicy, requireScopes, requireServers, requireTimes } from "./terms";

/** A member mints for themself alone, through no agent or one of their own. */
function requireOwnHolder(ctx: Ctx, input: MintTokenInput, parties: Parties): void {
  const within = reach(ctx, "token.mint");
  if (within.all) return;
  if (input.personId !== within.personId) throw refusal(ctx, "token.mint");
  if (input.agentId !== undefined && parties.agent?.ownerId !== within.personId)
    throw new GatehouseError("agent_not_found", {
      detail: "There is no such agent.",
      fields: [{ path: "agentId", code: "agent_not_found", message: "There is no such agent." }],
      refusal: parties.agent !== null,
      internal: "not theirs",
    });
}

/**
 * Throws where person, agent or role are unknown or out of use, or the holder lacks the role. Somebody invited who has
 * not come yet may hold tokens: only suspension ends them.
 */
function requireHolder(input: MintTokenInput, parties: Parties): void {
  const { person, agent, role } = parties;
  if (input.personId !== undefined && !person)
    throw fieldError("person_not_found", "personId", "There is no such person.");
  if (person?.suspended) throw fieldError("holder_inactive", "personId", "This person is suspended.");
  if (input.agentId !== undefined && !agent) throw fieldError("agent_not_found", "agentId", "There is no such agent.");
  if (agent?.suspended) throw fieldError("holder_inactive", "agentId", "This agent is suspended.");
  if (!role || role.archived) throw fieldError("role_not_found", "roleId", "There is no such role.");
  if (!parties.roleHeld)
    throw fieldError(
      "role_not_held",
      "roleId",
      `${person?.name ?? agent?.name ?? "The holder"} does not hold this role.`,
    );
}

/** The terms of the token, with every rule of the domain checked. */
function settleTerms(ctx: Ctx, input: MintTokenInput, parties: Parties): NewToken {
  requireHolder(input, parties);
  const servers = requireServers(input.serverIds, parties.servers);
  const terms = requireScopes(servers, input.scopes);
  const kind = kindOf(terms);
  if (kind === "adm") {
    const scopes = terms.flatMap(({ usable }) => usable.map(({ name }) => name));
    requireNoEscalation(ctx, scopes, parties.person);
  }
  return {
    name: input.name,
    note: input.note,
    kind,
    personId: input.personId ?? null,
    agentId: input.agentId ?? null,
    roleId: input.roleId,
    servers: terms.map(({ server, narrowed }) => ({ serverId: server.id, scopes: narrowed })),
    ...requireTimes(input, lifetimePolicy(parties, servers), ctx.nowSeconds()),
    allowedCidrs: normaliseCidrs(input.allowedCidrs),
    rateLimit: input.rateLimit ?? null,
    predecessor: null,
  };
}

/**
 * Mints a token. Its secret is in this answer and nowhere else. A person who mints for anybody but themself has proved
 * their identity lately. Errors, with their fields: `person_not_found`, `agent_not_found`, `holder_inactive`,
 * `role_not_found`, `role_not_held`, `server_not_found`, `builtin_server_alone`, `role_without_scope_on_server`,
 * `scope_not_in_role`, `expiry_beyond_policy`, `validation_failed` (times, addresses, servers); `forbidden`, also for
 * an admin token that may do more than the actor; `reauthentication_required`.
 */
export const mintToken = defineVerb(
  {
    action: "token.mint",
    permission: ["token.mint", "token.mint.own"],
    recentAuthentication: (ctx: Ctx, input: MintTokenInput) =>
      may(ctx, "token.mint") && input.personId !== ownPersonId(ctx),
    target: (input) =>
      input.personId !== undefined
        ? { kind: "person", id: input.personId }
        : input.agentId !== undefined
          ? { kind: "agent", id: input.agentId }
          : null,
  },
  async ({ ctx, tx, record }, input): Promise<MintedTokenDto> => {
    const parties = await lockParties(tx, {
      personId: input.personId ?? null,
      agentId: input.agentId ?? null,
      roleId: input.roleId,
      serverIds: input.serverIds,
    });
    requireOwnHolder(ctx, input, parties);
    const terms = settleTerms(ctx, input, parties);
    const { id, secret } = await insertToken(ctx, tx, terms);
    record({
      action: "token.mint",
      outcome: "success",
      target: { kind: "token", id, name: terms.name },
      credential: describeCredential({ id, name: terms.name, kind: terms.kind, lastFour: lastFour(secret) }),
      person: parties.person,
      agent: parties.agent,
      role: parties.role,
      servers: [...parties.servers.values()],
      changes: describeTerms(terms),
    });
    const [token] = await loadTokens(tx, [id], nowDate(ctx).getTime() / 1000);
    if (!token) throw new Error("the token just minted is not there");
    return { ...token, token: secret };
  },
);
