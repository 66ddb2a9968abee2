import type { Metadata } from "next";
import { allOf } from "@/app/_lib/all-of";
import { requirePersonCtx, type PersonCtx } from "@/app/_lib/ctx";
import { load } from "@/app/_lib/load";
import { AgentKindBadge, AgentStatusBadge } from "@/components/agent/agent-badges";
import { originWords } from "@/components/agent/origin-words";
import { EntityLink } from "@/components/entity/entity-link";
import { Forbidden } from "@/components/shell/refusal";
import { Badge } from "@/components/ui/badge";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { DescriptionList } from "@/components/ui/description-list";
import { PageHeader } from "@/components/ui/page-header";
import { Time } from "@/components/ui/time";
import { getAgent } from "@/lib/agent/list";
import type { AgentDto } from "@/lib/agent/schema";
import { may } from "@/lib/authz/require";
import { findClient } from "@/lib/oauth/set-client";
import { listScopes } from "@/lib/scope/list";
import { listServers } from "@/lib/server/list";
import { GrantsOf } from "../../_components/grants-of";
import { History } from "../../_components/history";
import { loadRoleOptions } from "../../_components/role-options";
import { RolesCard } from "../../_components/roles-card";
import { TokensOf } from "../../_components/tokens-of";
import { AgentActions } from "../_components/agent-actions";
import { AgentRoles } from "../_components/agent-roles";
import { ClientCard } from "../_components/client-card";
import type { PregrantServer } from "../_components/set-pregranted";
import { loadOwners } from "../owners";

export const metadata: Metadata = { title: "Agent" };

export default async function AgentPage({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await requirePersonCtx();
  const { id } = await params;
  const agent = await load(getAgent(ctx, { agentId: id }));
  if (!agent) return <Forbidden what="this agent" />;
  const mayWrite = may(ctx, "agent.write") && !agent.builtin;
  return (
    <>
      <PageHeader
        title={agent.name}
        breadcrumb={[{ label: "Agents", href: "/agents" }]}
        badge={
          <>
            <AgentStatusBadge agent={agent} />
            {agent.builtin ? <Badge>built-in</Badge> : null}
          </>
        }
        description={agent.description || undefined}
        meta={
          <>
            <AgentKindBadge kind={agent.kind} />
            <code className="mono text-ink-3">{agent.id}</code>
          </>
        }
        actions={
          <AgentActions
            key={agent.updatedAt}
            agent={agent}
            owners={mayWrite ? await loadOwners(ctx) : []}
            mayWrite={mayWrite}
            mayRevoke={may(ctx, "token.revoke.many")}
          />
        }
      />
      <div className="flex flex-col gap-6">
        <StateNote agent={agent} />
        <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_380px]">
          <div className="flex min-w-0 flex-col gap-6">
            <TokensOf ctx={ctx} filter={{ agentId: agent.id }} mintHref={mintHref(ctx, agent)} />
            {may(ctx, "grant.read") && agent.kind === "interactive" ? (
              <GrantsOf
                ctx={ctx}
                filter={{ agentId: agent.id }}
                title="Connected for"
                empty="Nobody has let it act for them."
              />
            ) : null}
            <History ctx={ctx} by="agent" id={agent.id} description="What it did, and what was done to it." />
          </div>
          <div className="flex min-w-0 flex-col gap-6">
            <Facts agent={agent} />
            {may(ctx, "agent.read") && !agent.builtin ? <Client ctx={ctx} agent={agent} mayWrite={mayWrite} /> : null}
            <Roles ctx={ctx} agent={agent} mayAssign={mayWrite && may(ctx, "role.assign")} />
          </div>
        </div>
      </div>
    </>
  );
}

async function Client({ ctx, agent, mayWrite }: { ctx: PersonCtx; agent: AgentDto; mayWrite: boolean }) {
  const client = await findClient(ctx, { agentId: agent.id });
  const servers = client && mayWrite && agent.kind === "interactive" ? await loadPregrantServers(ctx) : [];
  return <ClientCard agent={agent} client={client} servers={servers} mayWrite={mayWrite} />;
}

/** The servers that have scopes, with them. */
async function loadPregrantServers(ctx: PersonCtx): Promise<PregrantServer[]> {
  const [servers, scopes] = await Promise.all([
    allOf((page) => listServers(ctx, { ...page, includeBuiltin: false })),
    allOf((page) => listScopes(ctx, page)),
  ]);
  return servers
    .map(({ id, name }) => ({ id, name, scopes: scopes.filter(({ serverId }) => serverId === id) }))
    .filter((server) => server.scopes.length > 0)
    .map(({ scopes: its, ...server }) => ({ ...server, scopes: its.map(({ name, access }) => ({ name, access })) }));
}

function mintHref(ctx: PersonCtx, agent: AgentDto): string | undefined {
  const permitted = may(ctx, "token.mint") || (agent.kind === "interactive" && may(ctx, "token.mint.own"));
  return permitted && agent.status === "active" && !agent.builtin ? `/tokens/new?agent=${agent.id}` : undefined;
}

function StateNote({ agent }: { agent: AgentDto }) {
  if (agent.status === "suspended")
    return (
      <Callout tone="deny" title="Suspended">
        Calls with its tokens are refused, those of people through it among them.
      </Callout>
    );
  if (agent.owner === null && !agent.builtin)
    return (
      <Callout tone="expiring" title="Nobody answers for it">
        It introduced itself, and acts only for people who let it. An admin takes it over by giving it an owner.
      </Callout>
    );
  if (!agent.orphaned) return null;
  return (
    <Callout tone="expiring" title="Its owner is suspended">
      It goes on working, and nobody answers for it. Somebody should take it over, or suspend it.
    </Callout>
  );
}

function Facts({ agent }: { agent: AgentDto }) {
  return (
    <Card title="Facts">
      <DescriptionList
        items={[
          {
            term: "Kind",
            detail:
              agent.kind === "machine"
                ? "machine: works on its own, under roles that it holds itself"
                : "interactive: acts for people, under their roles",
          },
          {
            term: "Owner",
            detail: agent.owner ? (
              <EntityLink kind="person" id={agent.owner.id} name={agent.owner.name} />
            ) : agent.builtin ? (
              "none: it belongs to Gatehouse"
            ) : (
              "nobody"
            ),
          },
          ...(agent.builtin ? [] : [{ term: "Known", detail: originWords(agent) }]),
          { term: "Added", detail: <Time at={agent.createdAt} /> },
          { term: "Changed", detail: <Time at={agent.updatedAt} /> },
        ]}
      />
    </Card>
  );
}

async function Roles({ ctx, agent, mayAssign }: { ctx: PersonCtx; agent: AgentDto; mayAssign: boolean }) {
  const machine = agent.kind === "machine";
  return (
    <RolesCard
      roles={agent.roles}
      empty={
        machine ? "None: no token of its own can be minted." : "It acts under the roles of the people it acts for."
      }
      action={
        mayAssign && machine ? (
          <AgentRoles
            key={agent.roles.map((role) => role.id).join()}
            agent={{ id: agent.id, name: agent.name, roleIds: agent.roles.map((role) => role.id) }}
            options={await loadRoleOptions(ctx)}
            mayElevate={may(ctx, "person.elevate")}
          />
        ) : undefined
      }
    />
  );
}
