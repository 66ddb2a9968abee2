import { agentPermissions, anonymousPermissions } from "@/lib/authz/permissions";
import type { Actor } from "@/lib/ctx";
import type { EntryDraft } from "@/lib/audit/entry";
import { personActor, serverActor, type Fact } from "./facts";
import type { OAuthRows, SeededGrant } from "./oauth";
import { APPROVAL, CLIENTS } from "./oauth-company";
import { need, type Rows } from "./rows";

const DAY_SECONDS = 86_400;
const BROWSER = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0";

/** What the log holds of the agents that signed in. `end` is now, Unix seconds. */
export function oauthFacts(rows: Rows, { grants, approvalId }: OAuthRows, end: number): Fact[] {
  return [
    ...CLIENTS.map((client) => introduction(rows, client, end)),
    ...grants.flatMap((grant) => factsOf(rows, grant, end)),
    asked(rows, approvalId, end),
  ];
}

function introduction(
  rows: Rows,
  { key, origin, owner, document, sinceDays }: (typeof CLIENTS)[number],
  end: number,
): Fact {
  const agent = need(rows.agents, key);
  const target = { kind: "agent" as const, ...agent };
  const registered: EntryDraft = { action: "agent.create", outcome: "success", target, agent };
  const by = document ? { by: "metadata document", clientId: document } : { by: "dynamic registration" };
  const draft: EntryDraft = owner ? registered : { ...registered, action: "client.register", details: by };
  const actor: Actor = owner
    ? personActor(rows, "idris", end)
    : { kind: "anonymous", permissions: anonymousPermissions() };
  return {
    at: end - sinceDays * DAY_SECONDS - 60,
    actor,
    ip: "10.20.1.27",
    userAgent: origin === "dynamic" ? "node" : BROWSER,
    draft,
  };
}

function factsOf(rows: Rows, grant: SeededGrant, end: number): Fact[] {
  const person = need(rows.people, grant.person);
  const agent = need(rows.agents, grant.agent);
  const { id: serverId, name: serverName } = need(rows.servers, grant.server);
  const parties = { person, agent, server: { id: serverId, name: serverName } };
  const target = { kind: "grant" as const, id: grant.id };
  const client: Actor = {
    ...{ kind: "agent", agentId: agent.id, name: agent.name, personId: person.id },
    permissions: agentPermissions(),
  };
  const given = grant.createdAt.getTime() / 1000;
  const facts: Fact[] = [
    {
      ...{ at: given, actor: personActor(rows, grant.person, end), ip: grant.ip, userAgent: BROWSER },
      draft: { action: "grant.give", outcome: "success", target, ...parties, requiredScopes: grant.scopes },
    },
  ];
  const { accessToken, stolen } = grant;
  if (accessToken) {
    const { id, masked, issuedAt } = accessToken;
    const credential = { id, kind: "oauth", name: agent.name, masked, scopes: grant.scopes };
    const issued = issuedAt.getTime() / 1000;
    const from = { ip: grant.ip, userAgent: "node" };
    facts.push({
      ...{ at: issued, actor: client, ...from },
      draft: {
        ...{ action: "oauth.refresh", outcome: "success", target: { kind: "token", id, name: agent.name } },
        ...{ ...parties, credential, details: { grantType: "refresh_token", grantId: grant.id } },
      },
    });
    facts.push({
      ...{ at: issued + 240, actor: serverActor(need(rows.servers, grant.server)), ...from },
      draft: {
        ...{ action: "token.validate", outcome: "allow", reason: "ok", ...parties, credential },
        ...{ tool: grant.lastTool, requiredScopes: grant.scopes.slice(0, 1), missingScopes: [], clientIp: grant.ip },
        durationMs: 1.2,
      },
    });
  }
  if (stolen) {
    const at = end - stolen.days * DAY_SECONDS;
    const from = { actor: client, ip: stolen.ip, userAgent: "python-requests/2.32" };
    const details = { exchangedSecondsAgo: 41_200, generation: 12, newest: 14 };
    facts.push(
      {
        ...{ at, ...from },
        draft: { action: "oauth.reuse", outcome: "denied", reason: "refresh_token_reuse", target, ...parties, details },
      },
      {
        ...{ at, ...from },
        draft: {
          ...{ action: "grant.revoke", outcome: "success", reason: "A refresh token was used a second time.", target },
          ...{ ...parties, changes: [{ field: "revokedAt", before: null, after: new Date(at * 1000).toISOString() }] },
        },
      },
    );
  }
  return facts;
}

function asked(rows: Rows, approvalId: string, end: number): Fact {
  const agent = need(rows.agents, APPROVAL.agent);
  const { id, name } = need(rows.servers, APPROVAL.server);
  return {
    ...{ at: end - APPROVAL.askedDays * DAY_SECONDS, actor: personActor(rows, APPROVAL.person, end) },
    ...{ ip: "10.20.1.52", userAgent: BROWSER },
    draft: {
      ...{ action: "approval.ask", outcome: "success", target: { kind: "approval", id: approvalId, name: agent.name } },
      ...{ person: need(rows.people, APPROVAL.person), agent, server: { id, name }, requiredScopes: APPROVAL.scopes },
    },
  };
}
