import { SearchX, ShieldCheck } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { requirePersonCtx } from "@/app/_lib/ctx";
import { load } from "@/app/_lib/load";
import { readSearchParams, type SearchParams } from "@/app/_lib/search-params";
import { ReachBadge } from "@/components/role/role-checks";
import { Forbidden } from "@/components/shell/refusal";
import { Badge } from "@/components/ui/badge";
import { ButtonLink } from "@/components/ui/button-link";
import { DataTable, type Column } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar, type Filter } from "@/components/ui/filter-bar";
import { PageHeader } from "@/components/ui/page-header";
import { Pagination } from "@/components/ui/pagination";
import { StatusBadge } from "@/components/ui/status-badge";
import { may } from "@/lib/authz/require";
import { pageRoles } from "@/lib/role/page";
import { pageRolesSchema, type RoleDto } from "@/lib/role/schema";
import { BUILTIN_SERVER_ID } from "@/lib/server/builtin";

export const metadata: Metadata = { title: "Roles" };

const FILTERS: readonly Filter[] = [
  {
    param: "includeArchived",
    label: "Show",
    defaultValue: "false",
    anyLabel: null,
    options: [
      { value: "false", label: "In use" },
      { value: "true", label: "Archived too" },
    ],
  },
];

const SCOPES_SHOWN = 3;

const COLUMNS: readonly Column<RoleDto>[] = [
  {
    key: "name",
    header: "Name",
    sortKey: "name",
    cell: (role) => (
      <div className="min-w-0 py-1">
        <Link
          href={`/roles/${role.id}`}
          className="text-ink inline-flex min-h-6 max-w-72 items-center rounded-sm font-medium hover:underline"
        >
          <span className="truncate">{role.name}</span>
        </Link>
        {role.description ? <p className="text-meta text-ink-2 line-clamp-1 max-w-72">{role.description}</p> : null}
      </div>
    ),
  },
  {
    key: "reach",
    header: "Access",
    cell: (role) => (
      <div className="flex flex-wrap gap-1 py-1">
        <ReachBadge role={{ readOnly: role.readOnly, administers: role.serverIds.includes(BUILTIN_SERVER_ID) }} />
        {role.archivedAt ? <StatusBadge tone="revoked">Archived</StatusBadge> : null}
      </div>
    ),
  },
  {
    key: "servers",
    header: "Servers",
    from: "lg",
    cell: (role) => (
      <span className="text-ink-2 line-clamp-2 max-w-52">
        {role.grants.map((grant) => grant.serverName).join(", ") || "none"}
      </span>
    ),
  },
  { key: "scopes", header: "Scopes", from: "xl", cell: (role) => <Scopes scopes={role.scopes} /> },
  { key: "people", header: "People", align: "right", from: "md", cell: (role) => role.counts.people },
  { key: "agents", header: "Agents", align: "right", from: "md", cell: (role) => role.counts.agents },
  {
    key: "tokens",
    header: "Live tokens",
    align: "right",
    from: "sm",
    cell: (role) =>
      role.counts.liveTokens === 0 ? (
        <span className="text-ink-3">0</span>
      ) : (
        <Link
          href={`/tokens?roleId=${role.id}`}
          className="inline-flex min-h-6 items-center rounded-sm underline-offset-2 hover:underline"
        >
          {role.counts.liveTokens.toLocaleString("en-US")}
          <span className="sr-only"> live tokens under {role.name}</span>
        </Link>
      ),
  },
];

function Scopes({ scopes }: { scopes: readonly string[] }) {
  return (
    <span className="flex max-w-80 flex-wrap gap-1">
      {scopes.slice(0, SCOPES_SHOWN).map((scope) => (
        <Badge key={scope} mono>
          <span className="truncate">{scope}</span>
        </Badge>
      ))}
      {scopes.length > SCOPES_SHOWN ? (
        <span className="text-meta text-ink-2" title={scopes.slice(SCOPES_SHOWN).join(", ")}>
          +{scopes.length - SCOPES_SHOWN}
        </span>
      ) : null}
    </span>
  );
}

export default async function RolesPage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await requirePersonCtx();
  const query = await readSearchParams(pageRolesSchema, searchParams);
  const page = await load(pageRoles(ctx, query));
  if (!page) return <Forbidden what="roles" />;
  const create = may(ctx, "role.write") ? (
    <ButtonLink href="/roles/new" variant="primary">
      Create a role
    </ButtonLink>
  ) : undefined;
  const all = may(ctx, "role.read");
  const empty =
    query.q || query.serverId ? (
      <EmptyState
        icon={<SearchX />}
        title="No role matches"
        description="Change the search, or show archived ones too."
        action={<ButtonLink href="/roles">Show all roles</ButtonLink>}
      />
    ) : (
      <EmptyState
        icon={<ShieldCheck />}
        title={all ? "No roles yet" : "You hold no role yet"}
        description={
          all
            ? "A role is a named set of scopes on one or more servers. People and machine agents hold it; tokens are minted under it."
            : "Tokens are minted under a role that you hold. Ask an admin for one."
        }
        action={create}
      />
    );
  return (
    <>
      <PageHeader
        title="Roles"
        description={
          all
            ? "Named sets of scopes, held by people and machine agents. A change takes effect on every token at once."
            : "The roles that you hold: you mint tokens under them."
        }
        actions={create}
      />
      <FilterBar filters={all ? FILTERS : []} search={{ placeholder: "Name or description" }} />
      <DataTable
        label="Roles"
        columns={COLUMNS}
        rows={page.items}
        rowKey={(role) => role.id}
        sorting={{ sort: query.sort, order: query.order }}
        empty={empty}
      />
      <Pagination page={page.page} pageSize={page.pageSize} total={page.total} noun="roles" />
    </>
  );
}
