import { SearchX, UsersRound } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { requirePersonCtx } from "@/app/_lib/ctx";
import { load } from "@/app/_lib/load";
import { readSearchParams, type SearchParams } from "@/app/_lib/search-params";
import { CONSOLE_ROLE_TEXT } from "@/components/person/console-role-text";
import { ConsoleRoleBadge, PersonStatusBadge } from "@/components/person/person-badges";
import { Forbidden } from "@/components/shell/refusal";
import { ButtonLink } from "@/components/ui/button-link";
import { DataTable, type Column } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar, type Filter } from "@/components/ui/filter-bar";
import { FilterChips } from "@/components/ui/filter-chips";
import { PageHeader } from "@/components/ui/page-header";
import { StatusBadge } from "@/components/ui/status-badge";
import { Pagination } from "@/components/ui/pagination";
import { Time } from "@/components/ui/time";
import { may } from "@/lib/authz/require";
import { CONSOLE_ROLES } from "@/lib/person/console-role";
import { pagePeople } from "@/lib/person/page";
import { pagePeopleSchema, type PersonDto } from "@/lib/person/schema";
import { loadRoleOptions } from "../../_components/role-options";
import { loadLinkChips } from "../../_components/link-chips";
import { InvitePerson } from "../_components/invite-person";

export const metadata: Metadata = { title: "People" };

const FILTERS: readonly Filter[] = [
  {
    param: "status",
    label: "Status",
    options: [
      { value: "active", label: "Active" },
      { value: "invited", label: "Invited" },
      { value: "suspended", label: "Suspended" },
    ],
  },
  {
    param: "consoleRole",
    label: "Console role",
    options: CONSOLE_ROLES.map((role) => ({ value: role, label: CONSOLE_ROLE_TEXT[role].word })),
  },
];

const COLUMNS: readonly Column<PersonDto>[] = [
  {
    key: "name",
    header: "Name",
    sortKey: "name",
    cell: (person) => (
      <div className="min-w-0 py-1">
        <Link
          href={`/people/${person.id}`}
          className="text-ink inline-flex min-h-6 max-w-64 items-center rounded-sm font-medium hover:underline"
        >
          <span className="truncate">{person.name}</span>
        </Link>
        <p className="text-meta text-ink-2 max-w-48 truncate sm:max-w-64">{person.email}</p>
      </div>
    ),
  },
  {
    key: "consoleRole",
    header: "Console",
    from: "sm",
    cell: (person) => <ConsoleRoleBadge role={person.consoleRole} />,
  },
  { key: "status", header: "Status", cell: (person) => <PersonStatusBadge status={person.status} /> },
  {
    key: "roles",
    header: "Token roles",
    from: "lg",
    cell: (person) =>
      person.roles.length === 0 ? (
        <span className="text-ink-3">none</span>
      ) : (
        <span className="text-ink-2 line-clamp-2 max-w-64">{person.roles.map((role) => role.name).join(", ")}</span>
      ),
  },
  {
    key: "secondFactor",
    header: "Second factor",
    from: "lg",
    cell: (person) =>
      person.signIn.secondFactor ? (
        <StatusBadge tone="allow">On</StatusBadge>
      ) : (
        <span className="text-ink-3">none</span>
      ),
  },
  { key: "tokens", header: "Live tokens", align: "right", from: "md", cell: (person) => person.counts.liveTokens },
  {
    key: "lastSignIn",
    header: "Last sign-in",
    sortKey: "last_sign_in",
    firstOrder: "desc",
    from: "md",
    cell: (person) => <Time at={person.lastSignInAt} />,
  },
];

export default async function PeoplePage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await requirePersonCtx();
  const query = await readSearchParams(pagePeopleSchema, searchParams);
  const page = await load(pagePeople(ctx, query));
  if (!page) return <Forbidden what="people" />;
  const invite = may(ctx, "person.write") ? (
    <InvitePerson roles={await loadRoleOptions(ctx)} mayElevate={may(ctx, "person.elevate")} />
  ) : undefined;
  const narrowed = Boolean(query.q || query.status || query.consoleRole || query.roleId);
  return (
    <>
      <PageHeader title="People" description="Who signs in to this console, and holds tokens." actions={invite} />
      <FilterBar filters={may(ctx, "person.read") ? FILTERS : []} search={{ placeholder: "Name or e-mail" }} />
      <FilterChips chips={await loadLinkChips(ctx, { roleId: query.roleId })} />
      <DataTable
        label="People"
        columns={COLUMNS}
        rows={page.items}
        rowKey={(person) => person.id}
        sorting={{ sort: query.sort, order: query.order }}
        empty={
          narrowed ? (
            <EmptyState
              icon={<SearchX />}
              title="Nobody matches"
              description="Change the search or the filters."
              action={<ButtonLink href="/people">Show everybody</ButtonLink>}
            />
          ) : (
            <EmptyState icon={<UsersRound />} title="Nobody on this page" />
          )
        }
      />
      <Pagination page={page.page} pageSize={page.pageSize} total={page.total} noun="people" />
    </>
  );
}
