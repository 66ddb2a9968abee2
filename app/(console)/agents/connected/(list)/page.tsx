import { Plug, SearchX } from "lucide-react";
import type { Metadata } from "next";
import { z } from "zod";
import { requirePersonCtx } from "@/app/_lib/ctx";
import { load } from "@/app/_lib/load";
import { readSearchParams, type SearchParams } from "@/app/_lib/search-params";
import { Forbidden } from "@/components/shell/refusal";
import { ButtonLink } from "@/components/ui/button-link";
import { DataTable } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar, type Filter } from "@/components/ui/filter-bar";
import { FilterChips } from "@/components/ui/filter-chips";
import { PageHeader } from "@/components/ui/page-header";
import { Pagination } from "@/components/ui/pagination";
import { may } from "@/lib/authz/require";
import { pageGrants } from "@/lib/oauth/page-grants";
import { GRANT_STATUSES, pageGrantsSchema, type GrantDto } from "@/lib/oauth/schema";
import { loadLinkChips } from "../../../_components/link-chips";
import { AgentsTabs } from "../../_components/agents-tabs";
import { grantColumns } from "../_components/grant-columns";

export const metadata: Metadata = { title: "Connected agents" };

/** The console shows what lives unless asked otherwise; the filter says so. */
const consoleSchema = pageGrantsSchema.extend({ status: z.enum([...GRANT_STATUSES, "all"]).default("live") });

const FILTERS: readonly Filter[] = [
  {
    param: "status",
    label: "Show",
    defaultValue: "live",
    anyLabel: null,
    options: [
      { value: "live", label: "Live" },
      { value: "revoked", label: "Ended" },
      { value: "expired", label: "Expired" },
      { value: "all", label: "All" },
    ],
  },
];

/** Every consent of a person to an agent, also those that are over. */
export default async function ConnectedPage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await requirePersonCtx();
  const { status, ...query } = await readSearchParams(consoleSchema, searchParams);
  const page = await load(pageGrants(ctx, { ...query, status: status === "all" ? undefined : status }));
  if (!page) return <Forbidden what="connected agents" />;
  const all = may(ctx, "grant.read");
  const { personId, agentId, serverId } = query;
  const narrowed = Boolean(query.q || personId || agentId || serverId || status !== "live");
  const mayEnd = (grant: GrantDto) =>
    may(ctx, "grant.revoke") || (grant.person.id === ctx.actor.personId && may(ctx, "grant.revoke.own"));
  return (
    <>
      <PageHeader
        title="Agents"
        description={
          all
            ? "What people have let agents do for them, each consent by itself."
            : "What you have let agents do for you, each consent by itself."
        }
      />
      <AgentsTabs ctx={ctx} current="connected" />
      <FilterBar filters={FILTERS} search={{ placeholder: "Person, agent or server" }} />
      <FilterChips chips={await loadLinkChips(ctx, { personId, agentId, serverId })} />
      <DataTable
        label="Connected agents"
        columns={grantColumns({ all, mayEnd })}
        rows={page.items}
        rowKey={(grant) => grant.id}
        empty={
          narrowed ? (
            <EmptyState
              icon={<SearchX />}
              title="Nothing matches"
              description="Change the search or the filters."
              action={<ButtonLink href="/agents/connected">Show what lives</ButtonLink>}
            />
          ) : (
            <EmptyState
              icon={<Plug />}
              title="No agent is connected"
              description="An MCP client that is given the address of a server here finds its way to the sign-in by itself."
            />
          )
        }
      />
      <Pagination page={page.page} pageSize={page.pageSize} total={page.total} noun="connections" />
    </>
  );
}
