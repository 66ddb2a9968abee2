import { Bot, SearchX } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { requirePersonCtx } from "@/app/_lib/ctx";
import { load } from "@/app/_lib/load";
import { readSearchParams, type SearchParams } from "@/app/_lib/search-params";
import { AgentKindBadge, AgentStatusBadge } from "@/components/agent/agent-badges";
import { originWords } from "@/components/agent/origin-words";
import { EntityLink } from "@/components/entity/entity-link";
import { Forbidden } from "@/components/shell/refusal";
import { ButtonLink } from "@/components/ui/button-link";
import { DataTable, type Column } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar, type Filter } from "@/components/ui/filter-bar";
import { FilterChips } from "@/components/ui/filter-chips";
import { PageHeader } from "@/components/ui/page-header";
import { Pagination } from "@/components/ui/pagination";
import { pageAgents } from "@/lib/agent/page";
import { pageAgentsSchema, type AgentDto } from "@/lib/agent/schema";
import { may } from "@/lib/authz/require";
import { loadLinkChips } from "../../_components/link-chips";
import { loadRoleOptions } from "../../_components/role-options";
import { AddAgent } from "../_components/add-agent";
import { AgentsTabs } from "../_components/agents-tabs";
import { loadOwners } from "../owners";

export const metadata: Metadata = { title: "Agents" };

const FILTERS: readonly Filter[] = [
  {
    param: "kind",
    label: "Kind",
    options: [
      { value: "machine", label: "Machine" },
      { value: "interactive", label: "Interactive" },
    ],
  },
  {
    param: "status",
    label: "Status",
    options: [
      { value: "active", label: "Active" },
      { value: "suspended", label: "Suspended" },
    ],
  },
  {
    param: "origin",
    label: "Known",
    options: [
      { value: "registered", label: "Registered here" },
      { value: "document", label: "By its document" },
      { value: "dynamic", label: "Registered itself" },
    ],
  },
  { param: "unowned", label: "Owner", options: [{ value: "true", label: "Nobody" }] },
];

const COLUMNS: readonly Column<AgentDto>[] = [
  {
    key: "name",
    header: "Name",
    sortKey: "name",
    cell: (agent) => (
      <div className="min-w-0 py-1">
        <Link
          href={`/agents/${agent.id}`}
          className="text-ink inline-flex min-h-6 max-w-48 items-center rounded-sm font-medium hover:underline sm:max-w-72"
        >
          <span className="truncate">{agent.name}</span>
        </Link>
        {agent.description ? (
          <p className="text-meta text-ink-2 line-clamp-1 max-w-48 sm:max-w-72">{agent.description}</p>
        ) : null}
        {agent.origin === "registered" ? null : (
          <p className="text-meta text-ink-2 max-w-48 wrap-anywhere sm:max-w-72">{originWords(agent)}</p>
        )}
      </div>
    ),
  },
  { key: "kind", header: "Kind", from: "sm", cell: (agent) => <AgentKindBadge kind={agent.kind} /> },
  {
    key: "owner",
    header: "Owner",
    from: "md",
    cell: (agent) =>
      agent.owner ? (
        <EntityLink kind="person" id={agent.owner.id} name={agent.owner.name} />
      ) : (
        <span className="text-ink-3">{agent.builtin ? "built-in" : "nobody"}</span>
      ),
  },
  { key: "status", header: "Status", cell: (agent) => <AgentStatusBadge agent={agent} /> },
  {
    key: "roles",
    header: "Token roles",
    from: "lg",
    cell: (agent) =>
      agent.roles.length === 0 ? (
        <span className="text-ink-3">{agent.kind === "machine" ? "none" : "those of its people"}</span>
      ) : (
        <span className="text-ink-2 line-clamp-2 max-w-64">{agent.roles.map((role) => role.name).join(", ")}</span>
      ),
  },
  { key: "tokens", header: "Live tokens", align: "right", from: "sm", cell: (agent) => agent.liveTokens },
];

export default async function AgentsPage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await requirePersonCtx();
  const query = await readSearchParams(pageAgentsSchema, searchParams);
  const page = await load(pageAgents(ctx, query));
  if (!page) return <Forbidden what="agents" />;
  const add = may(ctx, "agent.write") ? (
    <AddAgent
      owners={await loadOwners(ctx)}
      selfId={ctx.actor.personId}
      roles={await loadRoleOptions(ctx)}
      mayElevate={may(ctx, "person.elevate")}
    />
  ) : undefined;
  const narrowed = Boolean(
    query.q ||
    query.kind ||
    query.status ||
    query.origin ||
    query.unowned !== undefined ||
    query.ownerId ||
    query.roleId,
  );
  const all = may(ctx, "agent.read");
  return (
    <>
      <PageHeader
        title="Agents"
        description={
          all ? "Programs that call tools: on their own, or for people." : "The programs that you own and answer for."
        }
        actions={add}
      />
      <AgentsTabs ctx={ctx} current="agents" />
      <FilterBar filters={FILTERS} search={{ placeholder: "Name or description" }} />
      <FilterChips chips={await loadLinkChips(ctx, { roleId: query.roleId, ownerId: query.ownerId })} />
      <DataTable
        label="Agents"
        columns={COLUMNS}
        rows={page.items}
        rowKey={(agent) => agent.id}
        sorting={{ sort: query.sort, order: query.order }}
        empty={
          narrowed ? (
            <EmptyState
              icon={<SearchX />}
              title="No agent matches"
              description="Change the search or the filters."
              action={<ButtonLink href="/agents">Show all agents</ButtonLink>}
            />
          ) : (
            <EmptyState
              icon={<Bot />}
              title={all ? "No agents yet" : "You own no agent"}
              description="An agent is a program that calls tools: an assistant that acts for people, or a machine on its own."
            />
          )
        }
      />
      <Pagination page={page.page} pageSize={page.pageSize} total={page.total} noun="agents" />
    </>
  );
}
